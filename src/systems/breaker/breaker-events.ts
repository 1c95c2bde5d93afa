import type { BreakerState } from './phase.ts';

/** One change of state. */
export interface BreakerTransition {
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** Generation of the period that begins. */
  readonly generation: number;
  readonly cause:
    /** The failure threshold was reached in CLOSED. */
    | 'failures'
    /** An attempt was admitted after `openMs`. */
    | 'time'
    /** A probe failed. */
    | 'probe-failed'
    /** Enough probes succeeded. */
    | 'probes-succeeded';
}

/** Events of a `CircuitBreaker`; delivered in order, after the state has changed. */
export interface BreakerEvents {
  transition: [BreakerTransition];
}
