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

/** The parts of a {@link QueueError}'s message, each a phrase without a full stop. */
export interface QueueErrorDetails {
  /** The rule that was broken. */
  readonly expected: string;
  /** What was found instead. */
  readonly received: string;
  /** What the caller can do about it. */
  readonly nextStep: string;
}

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
export class QueueError extends Error {
  override readonly name: string = 'QueueError';
  readonly code: QueueErrorCode;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;

  constructor(code: QueueErrorCode, { expected, received, nextStep }: QueueErrorDetails) {
    super(`expected ${expected}; received ${received}; ${nextStep}`);
    this.code = code;
    this.expected = expected;
    this.received = received;
    this.nextStep = nextStep;
  }
}
