/** The parts of a {@link CodedError}'s message, each a phrase without a full stop. */
export interface CodedErrorDetails {
  /** The rule that was broken. */
  readonly expected: string;
  /** What was found instead. */
  readonly received: string;
  /** What the caller can do about it. */
  readonly nextStep: string;
  /** What was thrown below, or the reason of an aborted signal; `undefined` stands for none. */
  readonly cause?: unknown;
}

/**
 * What the errors of these systems have in common: a code of a closed list to switch on, and a message made of parts that
 * can also be read one by one. Each system has an error of its own, with its own name and its own codes.
 *
 * @example
 * ```ts
 * class ParcelError extends CodedError<'lost' | 'late'> {
 *   override readonly name: string = 'ParcelError';
 * }
 * const error = new ParcelError('lost', { expected: 'a parcel', received: 'nothing', nextStep: 'send it again' });
 * console.log(error.code, error.message); // lost expected a parcel; received nothing; send it again
 * ```
 */
export abstract class CodedError<Code extends string> extends Error {
  abstract override readonly name: string;
  readonly code: Code;
  readonly expected: string;
  readonly received: string;
  readonly nextStep: string;

  constructor(code: Code, { expected, received, nextStep, cause }: CodedErrorDetails) {
    super(`expected ${expected}; received ${received}; ${nextStep}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.expected = expected;
    this.received = received;
    this.nextStep = nextStep;
  }
}
