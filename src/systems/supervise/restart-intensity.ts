/** Counts restarts: at most `max` within any `withinMs` ms. Source: the restart intensity of Erlang/OTP supervisors. */
export class RestartIntensity {
  readonly #max: number;
  readonly #withinMs: number;
  readonly #at: number[] = [];

  constructor(max: number, withinMs: number) {
    this.#max = max;
    this.#withinMs = withinMs;
  }

  /** Counts a restart at `now` (ms, monotonic). False if it is one too many. */
  admit(now: number): boolean {
    while (this.#at.length > 0 && this.#at[0]! <= now - this.#withinMs) this.#at.shift();
    this.#at.push(now);
    return this.#at.length <= this.#max;
  }
}
