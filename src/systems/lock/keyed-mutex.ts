import { Mutex } from './mutex.ts';

interface Entry {
  readonly mutex: Mutex;
  users: number;
}

/**
 * One {@link Mutex} per key, kept only while somebody uses it.
 *
 * @example
 * const perTask = new KeyedMutex<string>();
 * await Promise.all([
 *   perTask.runExclusive('task-1', () => save('task-1')),
 *   perTask.runExclusive('task-2', () => save('task-2')), // does not wait for task-1
 * ]);
 */
export class KeyedMutex<K> {
  readonly #entries = new Map<K, Entry>();

  /** Number of keys in use. */
  get size(): number {
    return this.#entries.size;
  }

  isLocked(key: K): boolean {
    return this.#entries.has(key);
  }

  /** As {@link Mutex.runExclusive}, among the tasks of the same key. */
  async runExclusive<T>(key: K, task: () => T | PromiseLike<T>): Promise<T> {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { mutex: new Mutex(), users: 0 };
      this.#entries.set(key, entry);
    }
    // Counted before the first wait: an entry that somebody is about to use must not be deleted and made anew.
    entry.users += 1;
    try {
      return await entry.mutex.runExclusive(task);
    } finally {
      entry.users -= 1;
      if (entry.users === 0) this.#entries.delete(key);
    }
  }
}
