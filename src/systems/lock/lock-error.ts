/** What went wrong, as a closed list to switch on. */
export type LockErrorCode =
  | 'invalid-argument'
  | 'acquire-timeout'
  | 'aborted'
  | 'cancelled'
  | 'closed'
  | 'not-owner'
  | 'lease-expired'
  | 'request-reused'
  | 'request-finished'
  | 'stale-token'
  | 'unreachable'
  | 'malformed-message';

/** The parts of a {@link LockError}'s message, each a phrase without a full stop. */
export interface LockErrorDetails {
  /** The rule that was broken. */
  readonly expected: string;
  /** What was found instead. */
  readonly received: string;
  /** What the caller can do about it. */
  readonly nextStep: string;
  /** The reason of an aborted signal, or the failure of a transport. */
  readonly cause?: unknown;
}

/**
 * The one error of the lock system: switch on `code`, show `message`.
 *
 * @example
 * try {
 *   await locks.acquire('invoice-7', 'agent-a', { waitMs: 100, leaseMs: 5_000 });
 * } catch (error) {
 *   if (error instanceof LockError && error.code === 'acquire-timeout') return 'busy';
 *   throw error;
 * }
 */
export class LockError extends Error {
  override readonly name: string = 'LockError';
  readonly code: LockErrorCode;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;

  constructor(code: LockErrorCode, details: LockErrorDetails) {
    const { expected, received, nextStep, cause } = details;
    super(`expected ${expected}; received ${received}; ${nextStep}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.expected = expected;
    this.received = received;
    this.nextStep = nextStep;
  }
}
