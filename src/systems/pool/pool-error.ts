/** What went wrong, as a closed list to switch on. */
export type PoolErrorCode = 'invalid-argument' | 'task-running' | 'no-capacity' | 'closed';

/** The parts of a {@link PoolError}'s message, each a phrase without a full stop. */
export interface PoolErrorDetails {
  /** The rule that was broken. */
  readonly expected: string;
  /** What was found instead. */
  readonly received: string;
  /** What the caller can do about it. */
  readonly nextStep: string;
}

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
export class PoolError extends Error {
  override readonly name: string = 'PoolError';
  readonly code: PoolErrorCode;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;

  constructor(code: PoolErrorCode, { expected, received, nextStep }: PoolErrorDetails) {
    super(`expected ${expected}; received ${received}; ${nextStep}`);
    this.code = code;
    this.expected = expected;
    this.received = received;
    this.nextStep = nextStep;
  }
}
