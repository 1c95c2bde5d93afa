import type { Recorded } from '../breaker/index.ts';
import type { EndStatus } from './attempt.ts';

/** What `recordUsage` did. Amounts in currency units. */
export interface UsageRecord {
  readonly operationId: string;
  readonly actualCost: number;
  /** By how much the cost exceeded what was held for it (all of it, if the reservation had expired); 0 if it did not. */
  readonly excess: number;
  /** True if the reservation had expired before. */
  readonly late: boolean;
  /** What became of the success at the circuit breaker. */
  readonly breaker: Recorded;
}

/** How an operation ended that is not recorded as used: the answer of `releaseReservation` and `recordFailure`. */
export interface Settlement {
  readonly operationId: string;
  /** True if this call ended the operation; false if it had ended before, and the call changed nothing. */
  readonly ended: boolean;
  /** How the operation ended, now or before. */
  readonly status: EndStatus;
  /** Currency units given back: 0 if the reservation had expired or the operation had ended. */
  readonly releasedAmount: number;
}
