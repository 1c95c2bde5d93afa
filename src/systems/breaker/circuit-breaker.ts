import type { Admission, Permit, Recorded } from './admission.ts';
import { Announcer } from './announcer.ts';
import { BreakerError } from './breaker-error.ts';
import type { BreakerEvents, BreakerTransition } from './breaker-events.ts';
import { breakerSettings, type BreakerSettings, type CircuitBreakerOptions } from './breaker-options.ts';
import { dropSilentProbes, probesUnderWay, type BreakerState, type HalfOpen, type Phase } from './phase.ts';

/** What a breaker looks like from outside, at one instant. */
export interface BreakerSnapshot {
  readonly state: BreakerState;
  /** Transitions so far. */
  readonly generation: number;
  /** Consecutive failures counted in this CLOSED period; 0 in other states. */
  readonly failureCount: number;
  /** Successful probes counted in this HALF_OPEN period; 0 in other states. */
  readonly successCount: number;
  /** Probe slots in use; 0 outside HALF_OPEN. */
  readonly probesUnderWay: number;
  /** Milliseconds until the next attempt may be admitted; 0 if one would be admitted now. */
  readonly retryAfterMs: number;
}

/** What this breaker remembers of a permit it handed out. */
interface PermitRecord {
  readonly phase: Phase;
  settled: boolean;
}

/**
 * A circuit breaker: stops calling what keeps failing, and finds out with a bounded number of probes when it is well.
 *
 * Every method decides and changes state in one synchronous step, which JavaScript cannot interleave; hence no mutex.
 * Time is `performance.now()`, so a step of the wall clock neither opens nor prolongs anything. The breaker owns no
 * timer and nothing else to close: OPEN ends, and a silent probe's slot comes free, by comparing instants when asked.
 *
 * An outcome counts at most once, and only in the period that admitted its attempt: what began before a trip is no
 * evidence about the time after it. A probe that outlives `probeTimeoutMs` loses its slot but may still report while
 * its period lasts; otherwise a dependency that answers well but slowly could never close the breaker again.
 *
 * @example
 * ```ts
 * const breaker = new CircuitBreaker({ failureThreshold: 3, openMs: 10_000 });
 * breaker.on('transition', ({ from, to }) => console.log(`${from} -> ${to}`));
 * const answer = await breaker.execute(() => Promise.resolve(42));
 * ```
 */
export class CircuitBreaker extends Announcer<BreakerEvents> {
  /** The options in force. */
  readonly settings: BreakerSettings;
  readonly #issued = new WeakMap<Permit, PermitRecord>();
  #phase: Phase = { state: 'CLOSED', generation: 0, failures: 0 };

  /** @throws BreakerError `INVALID_OPTION` */
  constructor(options: CircuitBreakerOptions = {}) {
    super();
    this.settings = Object.freeze(breakerSettings(options));
  }

  /** The present state. OPEN lasts until an attempt is admitted: time alone changes nothing. */
  get state(): BreakerState {
    return this.#phase.state;
  }

  /** Whether `admit()` would hand out a permit now. Pure: asking changes nothing and reserves nothing. */
  canExecute(): boolean {
    return this.#retryAfter(performance.now()) === 0;
  }

  /** The counters at this instant. Pure. */
  snapshot(): BreakerSnapshot {
    const now = performance.now();
    const phase = this.#phase;
    return {
      state: phase.state,
      generation: phase.generation,
      failureCount: phase.state === 'CLOSED' ? phase.failures : 0,
      successCount: phase.state === 'HALF_OPEN' ? phase.successes : 0,
      probesUnderWay: phase.state === 'HALF_OPEN' ? probesUnderWay(phase, now) : 0,
      retryAfterMs: this.#retryAfter(now),
    };
  }

  /**
   * Asks to go ahead with one attempt. In OPEN, the first request after `openMs` begins HALF_OPEN and is its first
   * probe. Report every permit with `recordSuccess`, `recordFailure` or `abandon`.
   */
  admit(): Admission {
    const now = performance.now();
    const retryAfterMs = this.#retryAfter(now);
    if (retryAfterMs > 0) {
      return { admitted: false, reason: this.#phase.state === 'OPEN' ? 'open' : 'probes-busy', retryAfterMs };
    }
    if (this.#phase.state === 'CLOSED') return { admitted: true, permit: this.#issue(this.#phase, false) };
    let period: HalfOpen;
    if (this.#phase.state === 'HALF_OPEN') period = this.#phase;
    else period = { state: 'HALF_OPEN', generation: this.#phase.generation + 1, successes: 0, probes: new Map() };
    dropSilentProbes(period, now);
    const permit = this.#issue(period, true);
    period.probes.set(permit, now + this.settings.probeTimeoutMs);
    // The slot is taken before the transition is announced: a listener that asks for a probe must not get this one.
    if (this.#phase !== period) this.#enter(period, 'time');
    return { admitted: true, permit };
  }

  /**
   * Reports that the attempt succeeded.
   *
   * @throws BreakerError `FOREIGN_PERMIT`
   */
  recordSuccess(permit: Permit): Recorded {
    const phase = this.#settle(permit);
    if (typeof phase === 'string') return phase;
    if (phase.state === 'CLOSED') phase.failures = 0;
    if (phase.state === 'HALF_OPEN') {
      phase.successes += 1;
      if (phase.successes >= this.settings.successThreshold) {
        this.#enter({ state: 'CLOSED', generation: phase.generation + 1, failures: 0 }, 'probes-succeeded');
      }
    }
    return 'counted';
  }

  /**
   * Reports that the attempt failed. A failing probe opens the breaker at once.
   *
   * @throws BreakerError `FOREIGN_PERMIT`
   */
  recordFailure(permit: Permit): Recorded {
    const phase = this.#settle(permit);
    if (typeof phase === 'string') return phase;
    if (phase.state === 'CLOSED') {
      phase.failures += 1;
      if (phase.failures >= this.settings.failureThreshold) this.#trip('failures');
    }
    if (phase.state === 'HALF_OPEN') this.#trip('probe-failed');
    return 'counted';
  }

  /**
   * Gives a permit back without an outcome, e.g. because the attempt was cancelled: frees a probe's slot, counts as
   * neither success nor failure.
   *
   * @throws BreakerError `FOREIGN_PERMIT`
   */
  abandon(permit: Permit): void {
    this.#settle(permit);
  }

  /**
   * Runs `attempt` if the breaker admits it, reports its outcome, and passes on its value or its error untouched.
   *
   * @throws BreakerError `NOT_ADMITTED`, with `retryAfterMs`, if the breaker refuses; `attempt` is not called then.
   */
  async execute<T>(attempt: () => T | PromiseLike<T>): Promise<T> {
    const admission = this.admit();
    if (!admission.admitted) {
      throw new BreakerError('NOT_ADMITTED', {
        expected: 'the circuit breaker to admit the attempt',
        received: `${this.#phase.state} (${admission.reason})`,
        next: `Try again in ${Math.ceil(admission.retryAfterMs)} ms.`,
        retryAfterMs: admission.retryAfterMs,
      });
    }
    let value: T;
    try {
      value = await attempt();
    } catch (error) {
      this.recordFailure(admission.permit);
      throw error;
    }
    this.recordSuccess(admission.permit);
    return value;
  }

  /** Milliseconds until `admit` may succeed, 0 if it would now. Pure. */
  #retryAfter(now: number): number {
    const phase = this.#phase;
    if (phase.state === 'CLOSED') return 0;
    if (phase.state === 'OPEN') return Math.max(0, phase.nextAttemptAt - now);
    if (probesUnderWay(phase, now) < this.settings.maxProbes) return 0;
    let earliest = Infinity;
    for (const slotFreeAt of phase.probes.values()) if (slotFreeAt > now) earliest = Math.min(earliest, slotFreeAt);
    return earliest - now;
  }

  #issue(phase: Phase, probe: boolean): Permit {
    const permit: Permit = Object.freeze({ generation: phase.generation, probe });
    this.#issued.set(permit, { phase, settled: false });
    return permit;
  }

  /** Uses the permit up. Returns the present phase if its outcome is to be counted there, else why it is not. */
  #settle(permit: Permit): Phase | 'stale' | 'duplicate' {
    const record = this.#issued.get(permit);
    if (record === undefined) {
      throw new BreakerError('FOREIGN_PERMIT', {
        expected: 'a permit that this breaker handed out',
        received: permit,
        next: 'Pass the very object that admit() returned, to the breaker that returned it.',
      });
    }
    if (record.settled) return 'duplicate';
    record.settled = true;
    if (record.phase.state === 'HALF_OPEN') record.phase.probes.delete(permit);
    return record.phase === this.#phase ? record.phase : 'stale';
  }

  #trip(cause: BreakerTransition['cause']): void {
    const nextAttemptAt = performance.now() + this.settings.openMs;
    this.#enter({ state: 'OPEN', generation: this.#phase.generation + 1, nextAttemptAt }, cause);
  }

  #enter(phase: Phase, cause: BreakerTransition['cause']): void {
    const from = this.#phase.state;
    this.#phase = phase;
    this.announce('transition', { from, to: phase.state, generation: phase.generation, cause });
  }
}
