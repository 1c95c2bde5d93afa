import { wrongInput } from '../errors/argument.ts';
import { FoundationError } from '../errors/foundation-error.ts';

/** `invalid-argument`: an option or argument is out of range. */
export type RepositoryErrorCode = 'invalid-argument';

/** The error of the repository: switch on `code`, show `message`. */
export class RepositoryError extends FoundationError<RepositoryErrorCode> {
  override readonly name: string = 'RepositoryError';
}

export function invalidArgument(expected: string, value: unknown): RepositoryError {
  return new RepositoryError('invalid-argument', wrongInput(expected, value));
}
