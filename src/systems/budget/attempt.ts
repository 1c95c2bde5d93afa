import type { Permit } from '../breaker/index.ts';
import type { OperationLabel } from './budget-events.ts';
import type { Micros } from './money.ts';
import type { Priority } from './priority.ts';
import type { Reservation } from './reservation.ts';

/**
 * - `reserved`: open; its estimate counts against the limit.
 * - `expired`: was not ended in time; its estimate was given back, its owner may still report.
 * - `recorded`: ended with success, its usage is counted.
 * - `failed`: ended with failure; what it had spent by then is counted.
 * - `released`: ended without having happened.
 *
 * `reserved` goes to any of the others, `expired` to any of the last three, those to none.
 */
export type AttemptStatus = 'reserved' | 'expired' | EndStatus;

/** How an attempt can end. */
export type EndStatus = 'recorded' | 'failed' | 'released';

/** One approved attempt at an operation. */
export interface Attempt {
  readonly operationId: string;
  readonly agentId: string;
  readonly priority: Priority;
  readonly reservation: Reservation;
  readonly estimate: Micros;
  /** When the reservation lapses, in ms of `performance.now()`. */
  readonly expiresAt: number;
  readonly permit: Permit;
  status: AttemptStatus;
}

/** How the attempt ended, or `undefined` while its owner can still end it. */
export function endOf(attempt: Attempt): EndStatus | undefined {
  return attempt.status === 'reserved' || attempt.status === 'expired' ? undefined : attempt.status;
}

/** What is held for the attempt at this moment. */
export function heldFor(attempt: Attempt): Micros {
  return attempt.status === 'reserved' ? attempt.estimate : 0n;
}

/** The attempt as events name it: without its reservation, which is the owner's alone. */
export function labelOf({ operationId, agentId, priority }: Attempt): OperationLabel {
  return { operationId, agentId, priority };
}
