import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/** What went wrong, as a closed list to switch on. */
export type PoolErrorCode = 'invalid-argument' | 'task-running' | 'no-capacity' | 'closed';

export type PoolErrorDetails = CodedErrorDetails;

/**
 * The one error of the worker pool and its parts: switch on `code`, show `message`. How a task ends is not an
 * error but an outcome, however it ends.
 *
 * @example
 * ```ts
 * import { PoolError, WorkerPool } from 'heddle/systems';
 * const pool = new WorkerPool({ maxWorkers: 4 });
 * try {
 *   console.log(await pool.run({ id: 'task-1', command: 'make' }));
 * } catch (error) {
 *   if (!(error instanceof PoolError) || error.code !== 'no-capacity') throw error;
 *   console.log('busy, try later');
 * }
 * await pool.close();
 * ```
 */
export class PoolError extends CodedError<PoolErrorCode> {
  override readonly name: string = 'PoolError';
}
