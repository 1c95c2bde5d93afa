import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/** What went wrong, as a closed list to switch on. */
export type ConnectionErrorCode =
  | 'invalid-argument'
  | 'closed'
  | 'aborted'
  | 'acquire-timeout'
  | 'connect-failed'
  | 'connect-timeout'
  | 'probe-failed'
  | 'probe-timeout'
  | 'close-timeout'
  | 'request-timeout'
  | 'overloaded';

/** The parts of a {@link ConnectionError}. */
export interface ConnectionErrorDetails extends CodedErrorDetails {
  /** The connection it is about, where it is about one: `cluster-a#3`. */
  readonly connection?: string;
}

/**
 * The one error of pools and connection managers: switch on `code`, show `message`, and see `cause` for what lies below.
 *
 * @example
 * try {
 *   return await pool.use((connection) => connection.run('squeue', {}));
 * } catch (error) {
 *   if (error instanceof ConnectionError && error.code === 'acquire-timeout') return 'busy';
 *   throw error;
 * }
 */
export class ConnectionError extends CodedError<ConnectionErrorCode> {
  override readonly name: string = 'ConnectionError';
  readonly connection: string | undefined;

  constructor(code: ConnectionErrorCode, details: ConnectionErrorDetails) {
    super(code, details);
    this.connection = details.connection;
  }
}

/** The error of what ended because the caller's signal aborted before `awaited` was there. */
export function abortedError(awaited: string, reason: unknown): ConnectionError {
  return new ConnectionError('aborted', {
    expected: `the signal to stay as it was until ${awaited} was there`,
    received: 'an abort',
    nextStep: 'nothing to do if you meant it; the reason is the cause',
    cause: reason,
  });
}
