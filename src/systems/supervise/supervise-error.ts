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

/** The parts of a {@link SuperviseError}'s message, each a phrase without a full stop. */
export interface SuperviseErrorDetails {
  /** The rule that was broken. */
  readonly expected: string;
  /** What was found instead. */
  readonly received: string;
  /** What the caller can do about it. */
  readonly nextStep: string;
  /** What made it happen: a child's own error, the reason of an aborted signal. */
  readonly cause?: unknown;
}

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
export class SuperviseError extends Error {
  override readonly name: string = 'SuperviseError';
  readonly code: SuperviseErrorCode;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;

  constructor(code: SuperviseErrorCode, details: SuperviseErrorDetails) {
    const { expected, received, nextStep, cause } = details;
    super(`expected ${expected}; received ${received}; ${nextStep}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.expected = expected;
    this.received = received;
    this.nextStep = nextStep;
  }
}
