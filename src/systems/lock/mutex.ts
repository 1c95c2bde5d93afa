interface Turn {
  readonly start: (release: () => void) => void;
  next: Turn | undefined;
}

/**
 * Mutual exclusion between the asynchronous tasks of one process: first come, first served, no timers, no leases.
 *
 * The lock is handed over inside the release, so nobody can slip in between. Not re-entrant: a task that waits for the
 * mutex it holds waits for ever.
 *
 * @example
 * const mutex = new Mutex();
 * await mutex.runExclusive(async () => {
 *   const row = await read();
 *   await write(row + 1);
 * });
 */
export class Mutex {
  #locked = false;
  #first: Turn | undefined;
  #last: Turn | undefined;

  get locked(): boolean {
    return this.#locked;
  }

  /**
   * Waits for its turn, then resolves with the function that ends it. Calling that a second time does nothing: it can
   * not end somebody else's turn. Prefer {@link runExclusive}, which cannot forget it.
   */
  acquire(): Promise<() => void> {
    if (!this.#locked) {
      this.#locked = true;
      return Promise.resolve(this.#releaser());
    }
    return new Promise((resolve) => {
      const turn: Turn = { start: resolve, next: undefined };
      if (this.#last === undefined) this.#first = turn;
      else this.#last.next = turn;
      this.#last = turn;
    });
  }

  /**
   * Runs `task` alone and resolves or rejects as it does. If the mutex is free the task starts synchronously. The
   * mutex is given back when the task has settled, also when it throws.
   */
  async runExclusive<T>(task: () => T | PromiseLike<T>): Promise<T> {
    if (this.#locked) {
      const release = await this.acquire();
      try {
        return await task();
      } finally {
        release();
      }
    }
    // The same without a promise for a turn that need not be waited for.
    this.#locked = true;
    try {
      return await task();
    } finally {
      this.#handOver();
    }
  }

  #releaser(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#handOver();
    };
  }

  #handOver(): void {
    const turn = this.#first;
    if (turn === undefined) {
      this.#locked = false;
      return;
    }
    this.#first = turn.next;
    if (turn.next === undefined) this.#last = undefined;
    turn.start(this.#releaser());
  }
}
