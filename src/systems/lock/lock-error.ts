import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

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

export type LockErrorDetails = CodedErrorDetails;

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
export class LockError extends CodedError<LockErrorCode> {
  override readonly name: string = 'LockError';
}
