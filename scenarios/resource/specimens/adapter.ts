/** The three resource managers behind the same few words, so that one body drives each of them. */
import { ResourceManager, type Backpressure } from 'heddle/systems';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';

/** Entries of a table that are all of its limit. */
export const LIMIT = 10;
/** Ms between two measurements. */
export const MEASURE_EVERY = 100;

export interface Table {
  size: number;
}

export interface Resources {
  readonly state: Backpressure;
  monitorTable(name: string, table: Table): Promise<void> | void;
  /** `told` is called with the state that it has changed to. */
  registerAlertCallback(told: (state: Backpressure) => unknown): void;
  close(): Promise<void> | void;
}

/** What the state should be if these tables are all that is monitored. */
export function stateOf(tables: Iterable<Table>): Backpressure {
  const ratio = Math.max(0, ...[...tables].map(({ size }) => size)) / LIMIT;
  return ratio >= 1 ? 'severe' : ratio >= 0.8 ? 'moderate' : 'normal';
}

/** Ours needs no supervisor. */
export function ours(): Resources {
  const manager = new ResourceManager({
    maxEntriesPerTable: LIMIT,
    measureEveryMs: MEASURE_EVERY,
    alertTimeoutMs: MEASURE_EVERY,
  });
  // Whoever runs it listens to what fails.
  manager.on('failed', () => undefined);
  return {
    get state() {
      return manager.backpressure;
    },
    monitorTable: (name, table) => {
      manager.monitorTable(name, table);
    },
    registerAlertCallback: (told) => {
      manager.registerAlertCallback(({ to }) => told(to));
    },
    close: () => manager.close(),
  };
}

/** Tasks of their own: nobody waits for them, and what they throw is logged. */
const taskSupervisor: found.TaskSupervisor = (task) => {
  void Promise.resolve()
    .then(task)
    .catch(() => undefined);
};

const options = (supervised: boolean): found.Options => ({
  maxEntriesPerTable: LIMIT,
  measureEvery: MEASURE_EVERY,
  taskSupervisor: supervised ? taskSupervisor : undefined,
});

function specimen(manager: found.ResourceManager | documented.ResourceManager): Resources {
  return {
    get state() {
      return manager.backpressureState;
    },
    monitorTable: (name, table) => manager.monitorTable(name, table),
    registerAlertCallback: (told) => {
      manager.registerAlertCallback((_type, state) => told(state));
    },
    close: () => {
      manager.terminate();
    },
  };
}

export const asFound = (supervised: boolean) => (): Resources =>
  specimen(new found.ResourceManager(options(supervised)));
export const asDocumented = (supervised: boolean) => (): Resources =>
  specimen(new documented.ResourceManager(options(supervised)));
