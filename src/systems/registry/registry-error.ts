/** What went wrong, as a closed list to switch on. */
export type RegistryErrorCode =
  | 'invalid-argument'
  | 'already-registered'
  | 'not-registered'
  | 'not-owner'
  | 'not-alive'
  | 'asynchronous-transaction'
  | 'closed';

/** The parts of a {@link RegistryError}'s message, each a phrase without a full stop. */
export interface RegistryErrorDetails {
  /** The rule that was broken. */
  readonly expected: string;
  /** What was found instead. */
  readonly received: string;
  /** What the caller can do about it. */
  readonly nextStep: string;
}

/**
 * The one error of the agent registry: switch on `code`, show `message`.
 *
 * @example
 * try {
 *   registry.register('planner', agent, attributes);
 * } catch (error) {
 *   if (error instanceof RegistryError && error.code === 'already-registered') console.log('somebody else is it');
 *   else throw error;
 * }
 */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError';
  readonly code: RegistryErrorCode;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;

  constructor(code: RegistryErrorCode, { expected, received, nextStep }: RegistryErrorDetails) {
    super(`expected ${expected}; received ${received}; ${nextStep}`);
    this.code = code;
    this.expected = expected;
    this.received = received;
    this.nextStep = nextStep;
  }
}
