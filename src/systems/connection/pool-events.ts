import type { ConnectionError } from './connection-error.ts';

/** A connection that did not pass its check, by name, with what its probe threw. */
export interface FailedCheck {
  readonly connection: string;
  /** `probe-failed` or `probe-timeout`; names the connection, too. */
  readonly error: ConnectionError;
}

/** What one sweep of health checks found. */
export interface SweepReport {
  /** Names of the connections that answered. */
  readonly healthy: readonly string[];
  /** Those that did not, and were closed. */
  readonly removed: readonly FailedCheck[];
  /** Those that did not, but were handed out or gone by then: what was found says nothing about them now. */
  readonly stale: readonly FailedCheck[];
}

/** Events of a `ConnectionPool`; delivered in order, after its books have changed. */
export interface PoolEvents {
  /** A sweep has ended. */
  swept: [SweepReport];
  /** A connection's `close()` threw or took too long; the pool has forgotten it. */
  'close-failed': [{ readonly connection: string; readonly error: unknown }];
}
