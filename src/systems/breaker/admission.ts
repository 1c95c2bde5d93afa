/**
 * The right to one attempt, and the only way to report how it went.
 *
 * A permit is recognised by identity, so it cannot be forged or copied; its fields are for logs. It belongs to the
 * period (`generation`) in which it was handed out, and only counts there.
 */
export interface Permit {
  /** Which period of the breaker admitted the attempt; grows by one at every transition. */
  readonly generation: number;
  /** True if the attempt occupies one of the probe slots of HALF_OPEN. */
  readonly probe: boolean;
}

/** Why an attempt was refused. */
export type AdmissionRefusal =
  /** The breaker is OPEN and its time has not come. */
  | 'open'
  /** The breaker is HALF_OPEN and all its probes are under way. */
  | 'probes-busy';

/** The answer to one request to go ahead. `retryAfterMs`: ms until the earliest moment at which another may succeed. */
export type Admission =
  | { readonly admitted: true; readonly permit: Permit }
  | { readonly admitted: false; readonly reason: AdmissionRefusal; readonly retryAfterMs: number };

/** What became of a reported outcome. */
export type Recorded =
  /** It belongs to the present period and was counted. */
  | 'counted'
  /** Its attempt was admitted in an earlier period: evidence about the past, ignored. */
  | 'stale'
  /** This permit has reported, or was abandoned, before: ignored. */
  | 'duplicate';
