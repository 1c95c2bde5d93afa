// What fast-check's scheduler can run beside heddle's strategies: programs that are written against a machine and know
// nothing of either. A folder of scenarios brings them along; the scenario of a program has its name.

/** A shared variable. Each access is a scheduling point, and then one step that nobody comes between. */
export interface Cell<T> {
  read(): Promise<T>;
  write(value: T): Promise<void>;
  update(change: (value: T) => T): Promise<T>;
  /** For the inside of an atomic section. */
  value: T;
}

export interface Mutex {
  /** A scheduling point. */
  lock(): Promise<void>;
  /** No scheduling point. */
  unlock(): void;
}

export interface Condition {
  /** Gives the mutex back, waits for a signal, and competes for the mutex again. */
  wait(mutex: Mutex): Promise<void>;
  signal(): void;
}

export interface Machine {
  cell<T>(name: string, initial: T): Cell<T>;
  mutex(name: string): Mutex;
  condition(name: string): Condition;
  /** A scheduling point, then `section` in one step. */
  atomic<T>(label: string, uses: unknown, section: () => T): Promise<T>;
  task(name: string, run: () => Promise<void>): void;
}

export interface Program {
  readonly name: string;
  /** How its bug shows: a task throws an error named `AssertionFailed`, or some task waits for ever. */
  readonly bug: 'assertion' | 'deadlock';
  run(machine: Machine): void;
}
