import { inspect } from 'node:util';

/**
 * - `INVALID_OPTION`: an option of the constructor is out of range.
 * - `INVALID_AMOUNT`: a cost is not a finite number >= 0, or too large to be accounted for exactly.
 * - `INVALID_ID`: an operation's or agent's id is not a non-empty string.
 * - `INVALID_PRIORITY`: not one of the four priorities.
 * - `UNTRACKED_OPERATION`: the operation was never approved, or ended so long ago that it is forgotten.
 * - `NOT_OWNER`: the reservation presented is not the one that was handed out for this operation.
 * - `OPERATION_FINISHED`: the operation has ended; it cannot end, or spend, a second time.
 */
export type BudgetErrorCode =
  | 'INVALID_OPTION'
  | 'INVALID_AMOUNT'
  | 'INVALID_ID'
  | 'INVALID_PRIORITY'
  | 'UNTRACKED_OPERATION'
  | 'NOT_OWNER'
  | 'OPERATION_FINISHED';

/** What went wrong, in parts: the message is made from them. */
export interface BudgetErrorDetails {
  /** What the manager needs in order to go on. */
  readonly expected: string;
  /** The value that was received instead. Never a reservation: errors end up in logs. */
  readonly received: unknown;
  /** What the caller should do next. */
  readonly next: string;
  /** The operation concerned, where there is one. */
  readonly operationId?: string;
}

/** The only error that the budget manager itself throws. A refusal for want of budget is not an error but a result. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
  readonly code: BudgetErrorCode;
  readonly expected: string;
  readonly received: unknown;
  readonly next: string;
  readonly operationId: string | undefined;

  constructor(code: BudgetErrorCode, details: BudgetErrorDetails) {
    super(`Expected ${details.expected}, received ${inspect(details.received, { depth: 0 })}. ${details.next}`);
    this.code = code;
    this.expected = details.expected;
    this.received = details.received;
    this.next = details.next;
    this.operationId = details.operationId;
  }
}
