import { Mutex } from 'heddle/systems';

/** A mutex that notes for how long it was held, in virtual ms. */
export class MeasuredLock {
  heldMs = 0;
  readonly #mutex = new Mutex();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  runExclusive<T>(task: () => T | PromiseLike<T>): Promise<T> {
    return this.#mutex.runExclusive(async () => {
      const since = this.#now();
      try {
        return await task();
      } finally {
        this.heldMs += this.#now() - since;
      }
    });
  }
}
