/**
 * Specimen: the resource manager of F17 with the fix as the source document gives it: `monitor_table` updates the
 * back-pressure state, and where there is no task supervisor the callbacks are executed directly, wrapped in a rescue.
 *
 * In Elixir a direct call is over when the callback is done, whatever it waits for. So it is here: it is awaited, and
 * who triggered the alert waits as long. (Not awaited, an asynchronous callback would not be inside of the rescue.)
 * What else is completed, and marked, is completed as in `as-found.ts`.
 */
import type { AlertCallback, BackpressureState, Options, Table } from './as-found.ts';

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

  async monitorTable(name: string, table: Table): Promise<void> {
    this.monitoredTables.set(name, table); // completed
    this.measureTable(name, table);
    await this.updateBackpressureState();
  }

  // completed
  registerAlertCallback(callback: AlertCallback): void {
    this.alertCallbacks.push(callback); // completed
  }

  // completed
  async handleInfo(_message: 'measure_usage'): Promise<void> {
    for (const [name, table] of this.monitoredTables) this.measureTable(name, table); // completed
    await this.updateBackpressureState(); // completed
    this.scheduleMeasurement(); // completed
  }

  // completed
  measureTable(name: string, table: Table): void {
    this.usage.set(name, table.size); // completed
  }

  async updateBackpressureState(): Promise<void> {
    const ratio = Math.max(0, ...this.usage.values()) / this.options.maxEntriesPerTable; // completed
    const state = ratio >= 1 ? 'severe' : ratio >= 0.8 ? 'moderate' : 'normal'; // completed
    if (state === this.backpressureState) return; // completed
    this.backpressureState = state; // completed
    await this.triggerAlert(state); // completed
  }

  async triggerAlert(state: BackpressureState): Promise<void> {
    const { taskSupervisor } = this.options; // completed
    // completed
    for (const callback of this.alertCallbacks) {
      if (taskSupervisor !== undefined) {
        taskSupervisor(() => callback('backpressure', state));
      } else {
        try {
          await callback('backpressure', state);
        } catch {
          // completed: logged
        }
      }
    } // completed
  }

  // completed
  scheduleMeasurement(): void {
    // completed
    this.timer = setTimeout(() => {
      void this.handleInfo('measure_usage'); // completed
    }, this.options.measureEvery); // completed
  }

  // completed
  terminate(): void {
    clearTimeout(this.timer); // completed
  }
}
