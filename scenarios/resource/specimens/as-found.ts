/**
 * Specimen: the resource manager of F17 (the last fix of the source document, which has no number) before the fix.
 *
 * The document names the functions and says what they did and did not do; it prints no code. What is completed is
 * marked; a mark alone on its line belongs to the line below it. Completed as follows: usage is measured on a timer,
 * which brings the back-pressure state up to date; the state has three values, with thresholds as ours has; the task
 * helper is "safe": where there is no supervisor it returns an error, which nobody looks at.
 */
export type BackpressureState = 'normal' | 'moderate' | 'severe'; // completed

export type AlertCallback = (type: 'backpressure', state: BackpressureState) => unknown; // completed

// completed
export interface Table {
  readonly size: number;
}

/** Runs a task beside its caller; what it throws is the supervisor's. */
export type TaskSupervisor = (task: () => unknown) => void; // completed

// completed
export interface Options {
  readonly maxEntriesPerTable: number;
  readonly measureEvery: number;
  /** Undefined in "test environments without full supervision". */
  readonly taskSupervisor: TaskSupervisor | undefined;
}

export class ResourceManager {
  readonly options: Options; // completed
  readonly monitoredTables: Map<string, Table> = new Map<string, Table>(); // completed
  readonly usage: Map<string, number> = new Map<string, number>(); // completed
  readonly alertCallbacks: AlertCallback[] = []; // completed
  backpressureState: BackpressureState = 'normal'; // completed
  timer: NodeJS.Timeout | undefined; // completed

  // completed
  constructor(options: Options) {
    this.options = options; // completed
    this.scheduleMeasurement(); // completed
  }

  monitorTable(name: string, table: Table): void {
    this.monitoredTables.set(name, table); // completed
    this.measureTable(name, table);
  }

  // completed
  registerAlertCallback(callback: AlertCallback): void {
    this.alertCallbacks.push(callback); // completed
  }

  // completed
  handleInfo(_message: 'measure_usage'): void {
    for (const [name, table] of this.monitoredTables) this.measureTable(name, table); // completed
    this.updateBackpressureState(); // completed
    this.scheduleMeasurement(); // completed
  }

  // completed
  measureTable(name: string, table: Table): void {
    this.usage.set(name, table.size); // completed
  }

  updateBackpressureState(): void {
    const ratio = Math.max(0, ...this.usage.values()) / this.options.maxEntriesPerTable; // completed
    const state = ratio >= 1 ? 'severe' : ratio >= 0.8 ? 'moderate' : 'normal'; // completed
    if (state === this.backpressureState) return; // completed
    this.backpressureState = state; // completed
    this.triggerAlert(state); // completed
  }

  triggerAlert(state: BackpressureState): void {
    // completed
    for (const callback of this.alertCallbacks) {
      this.spawnSupervisedSafe(() => callback('backpressure', state));
    } // completed
  }

  /** `Foundation.TaskHelper.spawn_supervised_safe`: fails without a supervisor. */
  spawnSupervisedSafe(task: () => unknown): 'ok' | 'error' {
    if (this.options.taskSupervisor === undefined) return 'error'; // completed
    this.options.taskSupervisor(task); // completed
    return 'ok'; // completed
  }

  // completed
  scheduleMeasurement(): void {
    // completed
    this.timer = setTimeout(() => {
      this.handleInfo('measure_usage'); // completed
    }, this.options.measureEvery); // completed
  }

  // completed
  terminate(): void {
    clearTimeout(this.timer); // completed
  }
}
