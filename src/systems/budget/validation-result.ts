import type { AdmissionRefusal } from '../breaker/index.ts';
import type { Reservation } from './reservation.ts';

/** The operation may go ahead; end it with `recordUsage`, `recordFailure` or `releaseReservation`. */
export interface Approval {
  readonly approved: true;
  readonly operationId: string;
  /** Proof of ownership: keep it, it is the only way to end the operation. */
  readonly reservation: Reservation;
  /** What is held for the operation, in currency units: the estimate, rounded up to a millionth. */
  readonly reserved: number;
  /** What is left for others, in currency units. */
  readonly available: number;
  /** Milliseconds after which the reservation is given back if the operation has not ended. */
  readonly expiresInMs: number;
}

/** The operation must not go ahead; nothing was changed, nothing needs to be released. */
export type Refusal = { readonly approved: false; readonly operationId: string } & (
  | {
      /** The estimate does not fit into what is left. */
      readonly reason: 'budget-exceeded';
      /** Currency units asked for. */
      readonly requested: number;
      /** Currency units left; negative after an over-run. */
      readonly available: number;
    }
  | {
      /** The id is in use: by an open reservation, or by an operation that has been recorded. */
      readonly reason: 'duplicate-operation';
      readonly existing: 'open' | 'recorded';
    }
  | {
      /** Operations keep failing, and the circuit breaker admits no more for now. */
      readonly reason: 'circuit-open';
      readonly circuit: AdmissionRefusal;
      /** Milliseconds until another attempt may be admitted. */
      readonly retryAfterMs: number;
    }
  | {
      /** The manager was closed. */
      readonly reason: 'closed';
    }
);

/** The answer of `validateOperation`. */
export type ValidationResult = Approval | Refusal;
