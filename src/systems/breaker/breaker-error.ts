import { inspect } from 'node:util';

/**
 * - `INVALID_OPTION`: an option of the constructor is out of range.
 * - `FOREIGN_PERMIT`: an outcome was reported with something this breaker did not hand out.
 * - `NOT_ADMITTED`: `execute` was refused; `retryAfterMs` says when to try again.
 */
export type BreakerErrorCode = 'INVALID_OPTION' | 'FOREIGN_PERMIT' | 'NOT_ADMITTED';

/** What went wrong, in parts: the message is made from them. */
export interface BreakerErrorDetails {
  /** What the breaker needs in order to go on, e.g. `failureThreshold to be a whole number >= 1`. */
  readonly expected: string;
  /** The value that was received instead. */
  readonly received: unknown;
  /** What the caller should do next. */
  readonly next: string;
  /** Milliseconds until another attempt can be admitted; only on `NOT_ADMITTED`. */
  readonly retryAfterMs?: number;
}

/** The only error that the breaker itself throws. */
export class BreakerError extends Error {
  override readonly name = 'BreakerError';
  readonly code: BreakerErrorCode;
  readonly expected: string;
  readonly received: unknown;
  readonly next: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: BreakerErrorCode, details: BreakerErrorDetails) {
    super(`Expected ${details.expected}, received ${inspect(details.received, { depth: 0 })}. ${details.next}`);
    this.code = code;
    this.expected = details.expected;
    this.received = details.received;
    this.next = details.next;
    this.retryAfterMs = details.retryAfterMs;
  }
}
