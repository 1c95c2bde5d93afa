import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/** What went wrong, as a closed list to switch on. */
export type QueueErrorCode =
  | 'invalid-argument'
  | 'unknown-job'
  | 'id-taken'
  | 'unknown-dependency'
  | 'dependency-ended'
  | 'cycle'
  | 'already-started'
  | 'not-submitted'
  | 'submit-timeout'
  | 'closed';

export type QueueErrorDetails = CodedErrorDetails;

/**
 * The one error of the job queue: switch on `code`, show `message`. Errors of the database come as they are
 * (`SqlError`): what was asked then has either happened or not, and may be asked again.
 *
 * @example
 * try {
 *   await queue.enqueue({ id: 'report-7', dependsOn: ['import-7'] });
 * } catch (error) {
 *   if (error instanceof QueueError && error.code === 'dependency-ended') return 'the import has failed';
 *   throw error;
 * }
 */
export class QueueError extends CodedError<QueueErrorCode> {
  override readonly name: string = 'QueueError';
}
