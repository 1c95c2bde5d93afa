/** The one timer of its owner: at most one is live, it never keeps the process up, and `stop` leaves none. */
export class ExpiryTimer {
  readonly #onDue: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** Calls `onDue` once, after `delayMs` ms; does nothing if that is already to happen. */
  ensure(delayMs: number): void {
    if (this.#timer !== undefined) return;
    // A whole number of ms, rounded up: Node cuts fractions off, and a timer that is early only finds nothing to do.
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#onDue();
      },
      Math.max(1, Math.ceil(delayMs)),
    );
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
