import { inspect } from 'node:util';

/**
 * - `INVALID_OPTION`: an option of the constructor is out of range.
 * - `FOREIGN_PERMIT`: an outcome was reported with something this breaker did not hand out.
 * - `NOT_ADMITTED`: `execute` was refused; `retryAfterMs` says when to try again.
 * - `STORE_UNAVAILABLE`: the store of a shared breaker did not answer; `cause` is what it threw.
 * - `STORE_CONTENDED`: somebody else was faster, every time.
 * - `BACKEND_MISSING`: the breaker service was to start, and its store did not answer; `cause` is what it threw.
 * - `CLOSED_SERVICE`: the breaker service has been closed.
 */
export type BreakerErrorCode =
  | 'INVALID_OPTION'
  | 'FOREIGN_PERMIT'
  | 'NOT_ADMITTED'
  | 'STORE_UNAVAILABLE'
  | 'STORE_CONTENDED'
  | 'BACKEND_MISSING'
  | 'CLOSED_SERVICE';

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
  /** What lies below. */
  readonly cause?: unknown;
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
    const { expected, received, next, cause } = details;
    const found = received instanceof Error ? `${received.name}: ${received.message}` : inspect(received, { depth: 0 });
    super(`Expected ${expected}, received ${found}. ${next}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.expected = details.expected;
    this.received = details.received;
    this.next = details.next;
    this.retryAfterMs = details.retryAfterMs;
  }
}
