import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/** What went wrong, as a closed list to switch on. */
export type TaskErrorCode =
  | 'invalid-argument'
  | 'id-taken'
  | 'unknown-task'
  | 'unknown-dependency'
  | 'wrong-state'
  | 'stale-attempt'
  | 'malformed-record'
  | 'storage'
  | 'recovery-failed'
  | 'start-failed'
  | 'stop-failed'
  | 'closed';

export type TaskErrorDetails = CodedErrorDetails;

/**
 * The one error of the task system: switch on `code`, show `message`.
 *
 * `storage` means that the database or the queue failed: whether the change was made is unknown. Every operation may
 * be repeated with the same arguments; what was done is then not done again.
 *
 * @example
 * ```ts
 * import { TaskError, type TaskManager } from 'heddle/systems';
 * export async function cancelIfPossible(tasks: TaskManager, id: string): Promise<boolean> {
 *   try {
 *     await tasks.cancel(id, 'no longer wanted');
 *     return true;
 *   } catch (error) {
 *     if (error instanceof TaskError && error.code === 'wrong-state') return false;
 *     throw error;
 *   }
 * }
 * ```
 */
export class TaskError extends CodedError<TaskErrorCode> {
  override readonly name: string = 'TaskError';
}
