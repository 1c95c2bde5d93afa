/** The wall-clock instant at which every run starts, in ms since 1970: 2025-01-01T00:00:00Z. */
export const EPOCH: number = Date.UTC(2025, 0, 1);

export interface ClockOptions {
  /** Wall time at virtual instant 0, in ms since 1970. */
  epoch?: number;
  /** Local ms that pass in one virtual ms; 1.0001 gains 100 ppm. Both the wall and the monotonic clock drift. */
  rate?: number;
  /** How far the wall clock is off at the start, in ms. */
  offset?: number;
}

/**
 * The clocks of one simulated process: a monotonic one (`performance.now`, `process.hrtime`, timers), which only
 * drifts, and a wall clock (`Date`), which besides can be stepped.
 */
export class ProcessClock {
  readonly rate: number;
  /** Virtual ms at which the process started; its monotonic clock was 0 then. */
  readonly startedAt: number;
  /** How often code has looked at it. */
  reads = 0;
  readonly #epoch: number;
  #offset: number;

  constructor(startedAt: number, options: ClockOptions = {}) {
    this.startedAt = startedAt;
    this.rate = options.rate ?? 1;
    this.#epoch = options.epoch ?? EPOCH;
    this.#offset = options.offset ?? 0;
  }

  /** `performance.now()` at a virtual instant. */
  monotonic(now: number): number {
    this.reads += 1;
    return (now - this.startedAt) * this.rate;
  }

  /** `Date.now()` at a virtual instant, with its fraction. */
  wall(now: number): number {
    this.reads += 1;
    return this.#epoch + this.#offset + now * this.rate;
  }

  /** Virtual ms that pass while this clock's timers count `ms`. */
  virtual(ms: number): number {
    return this.rate === 1 ? ms : ms / this.rate;
  }

  /** Moves the wall clock by `ms`, as an administrator or NTP does. */
  step(ms: number): void {
    this.#offset += ms;
  }
}
