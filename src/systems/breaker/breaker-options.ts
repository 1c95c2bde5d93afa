import { BreakerError } from './breaker-error.ts';

/** How patient a breaker is. Every option has a default; all durations are milliseconds of monotonic time. */
export interface CircuitBreakerOptions {
  /** Consecutive failures in CLOSED that trip the breaker. Whole number >= 1; 5 by default. */
  readonly failureThreshold?: number;
  /** Successful probes in one HALF_OPEN period that close the breaker. Whole number >= 1; 2 by default. */
  readonly successThreshold?: number;
  /** How long OPEN refuses everything, in ms. Finite and > 0; 30,000 by default. */
  readonly openMs?: number;
  /** Probes that may be under way at once in HALF_OPEN. Whole number >= 1; 1 by default. */
  readonly maxProbes?: number;
  /** After how long a probe that has not reported gives its slot to another, in ms. Finite and > 0; 30,000 by default. */
  readonly probeTimeoutMs?: number;
}

/** Options after validation, defaults filled in. */
export type BreakerSettings = Required<CircuitBreakerOptions>;

/**
 * Fills in the defaults.
 *
 * @throws BreakerError `INVALID_OPTION` for the first option that is out of range.
 */
export function breakerSettings(options: CircuitBreakerOptions): BreakerSettings {
  return {
    failureThreshold: wholeNumber('failureThreshold', options.failureThreshold ?? 5),
    successThreshold: wholeNumber('successThreshold', options.successThreshold ?? 2),
    openMs: duration('openMs', options.openMs ?? 30_000),
    maxProbes: wholeNumber('maxProbes', options.maxProbes ?? 1),
    probeTimeoutMs: duration('probeTimeoutMs', options.probeTimeoutMs ?? 30_000),
  };
}

function wholeNumber(option: string, received: number): number {
  if (Number.isSafeInteger(received) && received >= 1) return received;
  throw new BreakerError('INVALID_OPTION', {
    expected: `${option} to be a whole number >= 1`,
    received,
    next: `Pass such a number, or leave ${option} out for its default.`,
  });
}

function duration(option: string, received: number): number {
  if (Number.isFinite(received) && received > 0) return received;
  throw new BreakerError('INVALID_OPTION', {
    expected: `${option} to be a finite number of milliseconds > 0`,
    received,
    next: `Pass such a number, or leave ${option} out for its default.`,
  });
}
