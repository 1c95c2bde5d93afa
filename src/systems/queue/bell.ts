/**
 * Wakes those who wait for something to change. A ring between looking and waiting is not missed: who looks first
 * asks for `rings`, and does not wait if there was one since.
 */
export class Bell {
  /** How often it has rung. */
  rings = 0;
  readonly #waiting = new Set<() => void>();

  ring(): void {
    this.rings += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when the bell has rung more often than `since`, or after `ms`. */
  wait(since: number, ms: number): Promise<void> {
    if (this.rings > since) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }
}
