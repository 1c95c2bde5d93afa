import { wrongInput } from '../errors/argument.ts';
import { FoundationError } from '../errors/foundation-error.ts';

/**
 * - `invalid-option`: an option or argument is out of range;
 * - `closed`: the manager was closed;
 * - `measure-failed`: a table did not tell its size; its last known one counts on;
 * - `alert-failed`: an alert callback threw or rejected;
 * - `alert-timeout`: an alert callback has not settled in time.
 */
export type ResourceErrorCode = 'invalid-option' | 'closed' | 'measure-failed' | 'alert-failed' | 'alert-timeout';

/** The error of the resource manager: switch on `code`, show `message`. */
export class ResourceError extends FoundationError<ResourceErrorCode> {
  override readonly name: string = 'ResourceError';
}

export function invalidOption(expected: string, value: unknown): ResourceError {
  return new ResourceError('invalid-option', wrongInput(expected, value));
}
