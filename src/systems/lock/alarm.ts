import { LONGEST_TIMER_MS } from '../errors/argument.ts';

/**
 * One timer that wakes its owner at, or a little before, an instant of the monotonic clock.
 *
 * It may ring early (Node counts whole ms and knows no timer above 24.8 days) or late (a busy event loop), so its owner
 * judges by the clock when it rings and sets it again.
 */
export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Infinity;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings at `at` (ms, monotonic) or earlier. An alarm already set for an earlier instant stays: one timer fewer. */
  ringBy(at: number, now: number): void {
    if (this.#timer !== undefined) {
      if (this.#at <= at) return;
      clearTimeout(this.#timer);
    }
    this.#at = at;
    const delay = Math.min(Math.max(Math.ceil(at - now), 1), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ring();
    }, delay);
  }

  clear(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
