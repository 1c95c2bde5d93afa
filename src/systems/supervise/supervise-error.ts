import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/** What went wrong, as a closed list to switch on. */
export type SuperviseErrorCode =
  | 'invalid-argument'
  | 'closed'
  | 'caller-gone'
  | 'stopped'
  | 'timed-out'
  | 'slots-stuck'
  | 'item-failed'
  | 'already-started'
  | 'child-failed-to-start'
  | 'restart-intensity';

export type SuperviseErrorDetails = CodedErrorDetails;

/**
 * The one error of the supervisors: switch on `code`, show `message`.
 *
 * @example
 * try {
 *   await supervisor.start();
 * } catch (error) {
 *   if (error instanceof SuperviseError && error.code === 'child-failed-to-start') console.error(error.cause);
 *   else throw error;
 * }
 */
export class SuperviseError extends CodedError<SuperviseErrorCode> {
  override readonly name: string = 'SuperviseError';
}
