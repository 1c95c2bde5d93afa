// What the programs are written against: nothing of heddle, so that other schedulers can run them, too.

/** A shared variable. Each access is a scheduling point, and then one step that nobody comes between. */
export interface Cell<T> {
  read(): Promise<T>;
  write(value: T): Promise<void>;
  /** Reads and writes in one step; resolves to what was written. */
  update(change: (value: T) => T): Promise<T>;
  /** For the inside of an atomic section, which has declared the cell. */
  value: T;
}

/** As with pthreads: of those who wait when it is released, anyone may be next. Not recursive. */
export interface Mutex {
  lock(): Promise<void>;
  /** A scheduling point, too, as it is to tools that test C programs. */
  unlock(): Promise<void>;
}

/** As with pthreads, without wake-ups that nobody caused. No program has two tasks that wait for one condition. */
export interface Condition {
  /** Gives the mutex back, waits for a signal, and competes for the mutex again. */
  wait(mutex: Mutex): Promise<void>;
  /** Wakes one that waits, or nobody. No scheduling point. */
  signal(): void;
}

/** What an atomic section uses. */
export interface Uses {
  readonly reads?: readonly Cell<unknown>[];
  readonly writes?: readonly Cell<unknown>[];
}

/** What a program runs on. Names of cells, mutexes and tasks are unique within a program. */
export interface Machine {
  cell<T>(name: string, initial: T): Cell<T>;
  mutex(name: string): Mutex;
  condition(name: string): Condition;
  /** A scheduling point, then `section` in one step. */
  atomic<T>(label: string, uses: Uses, section: () => T): Promise<T>;
  /** All tasks of a program start at once. */
  task(name: string, run: () => Promise<void>): void;
}

/** One program of one size. */
export interface Program {
  readonly name: string;
  /** What is wrong with it, in one sentence. */
  readonly about: string;
  /** How its bug shows: a task throws {@link AssertionFailed}, or some task waits for ever. */
  readonly bug: 'assertion' | 'deadlock';
  /** Makes what the tasks share, then the tasks. */
  readonly run: (machine: Machine) => void;
  /** The same without the bug. */
  readonly twin: (machine: Machine) => void;
}

/** An assertion of a program did not hold. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

export function assert(holds: boolean, otherwise: string): void {
  if (!holds) throw new AssertionFailed(otherwise);
}

/** Takes the mutex for as long as `section` takes. */
export async function locked(mutex: Mutex, section: () => Promise<void>): Promise<void> {
  await mutex.lock();
  await section();
  await mutex.unlock();
}
