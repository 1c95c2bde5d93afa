/**
 * Ids of tasks that are ready to be started. It is no truth, only a hint: it may forget everything when the process
 * dies (recovery fills it again), and it may hold an id twice, or one of a
 * task that was cancelled meanwhile (the manager starts only what is to be started).
 */
export interface TaskQueue {
  enqueue(id: string): Promise<void> | void;
  contains(id: string): Promise<boolean> | boolean;
  /** Takes out the first id; undefined if there is none. */
  take(): Promise<string | undefined> | string | undefined;
}

/** The {@link TaskQueue} of one process: in memory, first in, first out, each id once. */
export class ReadyQueue implements TaskQueue {
  // A set keeps the order of insertion and finds at once.
  readonly #ids = new Set<string>();

  get size(): number {
    return this.#ids.size;
  }

  enqueue(id: string): void {
    this.#ids.add(id);
  }

  contains(id: string): boolean {
    return this.#ids.has(id);
  }

  take(): string | undefined {
    const [first] = this.#ids;
    if (first !== undefined) this.#ids.delete(first);
    return first;
  }
}
