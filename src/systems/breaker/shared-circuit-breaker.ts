import { randomUUID } from 'node:crypto';
import type { Recorded } from './admission.ts';
import { Announcer } from './announcer.ts';
import { BreakerError } from './breaker-error.ts';
import { breakerSettings, type BreakerSettings, type CircuitBreakerOptions } from './breaker-options.ts';
import type { BreakerStore, StoredBreaker } from './breaker-store.ts';
import type { BreakerState } from './phase.ts';
import {
  admit,
  INITIAL,
  settle,
  type Outcome,
  type SharedAdmission,
  type SharedPermit,
  type Step,
} from './shared-phase.ts';

export interface SharedCircuitBreakerOptions extends CircuitBreakerOptions {
  readonly store: BreakerStore;
  /** Which breaker of the store; processes that use the same name share it, and must agree on the other options. */
  readonly name: string;
}

/** What a shared breaker looked like when the store was asked. */
export interface SharedBreakerSnapshot {
  readonly state: BreakerState;
  readonly generation: number;
  readonly failureCount: number;
  readonly successCount: number;
  readonly probesUnderWay: number;
}

/** Events of a {@link SharedCircuitBreaker}. */
export interface SharedBreakerEvents {
  /** `execute` could not report an outcome: the attempt's own result went to the caller, and nobody counts it. */
  unreported: [{ readonly outcome: Outcome; readonly error: unknown }];
}

/** More conflicts in a row than any number of honest competitors can cause one of them. */
const MOST_CONFLICTS = 1_000;

/**
 * A circuit breaker that several processes share through a store.
 *
 * Every change reads the whole record, decides, and writes the whole record if nobody has written since; else it decides
 * again. So counters and transitions are one step: no failure is lost, and no transition rests on counts that have
 * changed. The rules are those of `CircuitBreaker`: an outcome counts once, in the period that admitted its attempt. The
 * time is the store's: processes whose clocks disagree do not open each other's breakers early.
 *
 * A probe that is silent for `probeTimeoutMs`, during which nothing else was written either, makes room for another.
 *
 * @example
 * ```ts
 * import { MemoryBreakerStore } from 'heddle/systems';
 *
 * const store = new MemoryBreakerStore();
 * const here = new SharedCircuitBreaker({ store, name: 'payments', failureThreshold: 3 });
 * const there = new SharedCircuitBreaker({ store, name: 'payments', failureThreshold: 3 });
 * await here.execute(() => Promise.resolve('paid'));
 * console.log((await there.snapshot()).state);
 * ```
 */
export class SharedCircuitBreaker extends Announcer<SharedBreakerEvents> {
  /** The options in force. */
  readonly settings: BreakerSettings;
  readonly name: string;
  readonly #store: BreakerStore;
  /** Permits handed out by this object; true once their outcome has been taken. */
  readonly #issued = new WeakMap<SharedPermit, boolean>();

  /** @throws BreakerError `INVALID_OPTION` */
  constructor({ store, name, ...options }: SharedCircuitBreakerOptions) {
    super();
    this.settings = Object.freeze(breakerSettings(options));
    if (typeof name !== 'string' || name === '') {
      throw new BreakerError('INVALID_OPTION', {
        expected: 'name to be a non-empty string',
        received: name,
        next: 'Name the breaker as the other processes do.',
      });
    }
    this.name = name;
    this.#store = store;
  }

  /** @throws BreakerError `STORE_UNAVAILABLE` */
  async snapshot(): Promise<SharedBreakerSnapshot> {
    const { record } = await this.#read();
    const { state, generation, failures, successes, probes } = record;
    return {
      state,
      generation,
      failureCount: failures.length,
      successCount: successes.length,
      probesUnderWay: probes.length,
    };
  }

  /**
   * Asks to go ahead with one attempt. Report every permit with `recordSuccess`, `recordFailure` or `abandon`.
   *
   * @throws BreakerError `STORE_UNAVAILABLE`, `STORE_CONTENDED`
   */
  async admit(): Promise<SharedAdmission> {
    const id = randomUUID();
    const admission = await this.#change((stored) => admit(stored, id, this.settings));
    if (admission.admitted) this.#issued.set(Object.freeze(admission.permit), false);
    return admission;
  }

  /**
   * Reports that the attempt succeeded.
   *
   * @throws BreakerError `FOREIGN_PERMIT`, `STORE_UNAVAILABLE`, `STORE_CONTENDED`; after the latter two it may be reported again
   */
  recordSuccess(permit: SharedPermit): Promise<Recorded> {
    return this.#settle(permit, 'succeeded');
  }

  /** Reports that the attempt failed; errors as {@link recordSuccess}. A failing probe opens the breaker at once. */
  recordFailure(permit: SharedPermit): Promise<Recorded> {
    return this.#settle(permit, 'failed');
  }

  /** Gives a permit back without an outcome; errors as {@link recordSuccess}. */
  async abandon(permit: SharedPermit): Promise<void> {
    await this.#settle(permit, 'abandoned');
  }

  /**
   * Runs `attempt` if the breaker admits it, reports its outcome, and passes on its value or its error untouched, also
   * when the store cannot be told: that is announced as `unreported`.
   *
   * @throws BreakerError `NOT_ADMITTED`, with `retryAfterMs`; `STORE_UNAVAILABLE`: `attempt` is not called then
   */
  async execute<T>(attempt: () => T | PromiseLike<T>): Promise<T> {
    const admission = await this.admit();
    if (!admission.admitted) {
      throw new BreakerError('NOT_ADMITTED', {
        expected: `the circuit breaker ${this.name} to admit the attempt`,
        received: admission.reason,
        next: `Try again in ${Math.ceil(admission.retryAfterMs)} ms.`,
        retryAfterMs: admission.retryAfterMs,
      });
    }
    let value: T;
    try {
      value = await attempt();
    } catch (error) {
      await this.#report(admission.permit, 'failed');
      throw error;
    }
    await this.#report(admission.permit, 'succeeded');
    return value;
  }

  async #report(permit: SharedPermit, outcome: Outcome): Promise<void> {
    try {
      await this.#settle(permit, outcome);
    } catch (error) {
      this.announce('unreported', { outcome, error });
    }
  }

  async #settle(permit: SharedPermit, outcome: Outcome): Promise<Recorded> {
    const settled = this.#issued.get(permit);
    if (settled === undefined) {
      throw new BreakerError('FOREIGN_PERMIT', {
        expected: 'a permit that this breaker handed out',
        received: permit,
        next: 'Pass the very object that admit() returned, to the breaker that returned it.',
      });
    }
    if (settled) return 'duplicate';
    this.#issued.set(permit, true);
    try {
      return await this.#change((stored) => settle(stored, permit, outcome, this.settings));
    } catch (error) {
      this.#issued.set(permit, false);
      throw error;
    }
  }

  /** Reads, decides, writes; again, for as long as somebody else was faster. */
  async #change<T>(decide: (stored: StoredBreaker) => Step<T>): Promise<T> {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const stored = await this.#read();
      const { next, answer } = decide(stored);
      if (next === undefined) return answer;
      if (await this.#ask(() => this.#store.compareAndSet(this.name, stored.version, next))) return answer;
    }
    throw new BreakerError('STORE_CONTENDED', {
      expected: `one write of breaker ${this.name} to find it as it was read`,
      received: `${MOST_CONFLICTS} conflicts in a row`,
      next: 'See whether the store compares versions as it should.',
    });
  }

  async #read(): Promise<StoredBreaker> {
    return (await this.#ask(() => this.#store.read(this.name))) ?? INITIAL;
  }

  async #ask<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      throw new BreakerError('STORE_UNAVAILABLE', {
        expected: `the store of breaker ${this.name} to answer`,
        received: error,
        next: 'Try again, or decide without a breaker; what was asked for may have been done or not.',
        cause: error,
      });
    }
  }
}
