import { closed, requirePeriod } from './service-error.ts';

export interface PeriodicTimerOptions {
  /** Ms from the end of one tick to the start of the next; a whole number from 1 to 2,147,483,647. */
  readonly periodMs: number;
  /** The work. `signal` is aborted by `close()`: a long tick can stop early. */
  readonly tick: (signal: AbortSignal) => unknown;
  /** Is given what a tick throws. Without it the error becomes an uncaught exception; ticking goes on either way. */
  readonly onError?: (error: unknown) => void;
}

/**
 * The one timer of a periodic service.
 *
 * - At most one timer is armed at any time, none while a tick is under way and none after `close()`.
 * - The next tick is armed when the present one has settled: ticks never overlap, however slow they are.
 * - A tick that is under way at `close()` does not arm another.
 * - The timer does not keep the process up.
 *
 * @example
 * ```ts
 * const timer = new PeriodicTimer({ periodMs: 60_000, tick: () => console.log('cleaning') }).start();
 * await timer.runNow();
 * await timer.close();
 * ```
 */
export class PeriodicTimer {
  readonly #periodMs: number;
  readonly #tick: (signal: AbortSignal) => unknown;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #ending = new AbortController();
  #started = false;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;

  /** @throws ServiceError `invalid-option` */
  constructor(options: PeriodicTimerOptions) {
    requirePeriod('periodMs', options.periodMs);
    this.#periodMs = options.periodMs;
    this.#tick = options.tick;
    this.#onError = options.onError;
  }

  get closed(): boolean {
    return this.#ending.signal.aborted;
  }

  /**
   * The first tick comes after one period. Does nothing if it was started before.
   *
   * @throws ServiceError `closed`
   */
  start(): this {
    if (this.closed) throw closed('the timer');
    if (this.#started) return this;
    this.#started = true;
    if (this.#underWay === undefined) this.#arm();
    return this;
  }

  /**
   * Ticks now, or joins the tick that is under way; the next one comes a period after its end. Resolves when the tick
   * has settled, also when it failed: that is told to `onError`. Not to be awaited inside a tick.
   *
   * @throws ServiceError `closed`
   */
  runNow(): Promise<void> {
    if (this.closed) return Promise.reject(closed('the timer'));
    this.#underWay ??= this.#perform();
    return this.#underWay;
  }

  /** Disarms at once. Resolves when the tick that is under way, if any, has settled. Not to be awaited inside a tick. */
  close(): Promise<void> {
    this.#ending.abort();
    this.#disarm();
    return this.#underWay ?? Promise.resolve();
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      void this.runNow();
    }, this.#periodMs);
    this.#timer.unref();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #perform(): Promise<void> {
    this.#disarm();
    try {
      // In a microtask: by then `#underWay` is set, and a tick that asks for another joins itself.
      await Promise.resolve();
      if (!this.closed) await this.#tick(this.#ending.signal);
    } catch (error) {
      this.#report(error);
    }
    this.#underWay = undefined;
    if (this.#started && !this.closed) this.#arm();
  }

  #report(error: unknown): void {
    try {
      if (this.#onError === undefined) throw error;
      this.#onError(error);
    } catch (unhandled) {
      queueMicrotask(() => {
        throw unhandled;
      });
    }
  }
}
