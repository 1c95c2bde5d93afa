import { wrongInput } from '../errors/argument.ts';
import { FoundationError } from '../errors/foundation-error.ts';

/**
 * - `invalid-argument`: an option or argument is out of range;
 * - `handler-failed`: a handler threw or rejected;
 * - `unknown-outcome`: the transport to the event system failed; whether the signal was accepted is not known.
 */
export type EventErrorCode = 'invalid-argument' | 'handler-failed' | 'unknown-outcome';

/** The error of the event system: switch on `code`, show `message`. */
export class EventError extends FoundationError<EventErrorCode> {
  override readonly name: string = 'EventError';
}

function invalid(expected: string, value: unknown): EventError {
  return new EventError('invalid-argument', wrongInput(expected, value));
}

/** @throws EventError `invalid-argument` unless `value` is a whole number of at least 1. */
export function requireLimit(what: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw invalid(`${what} to be a whole number >= 1`, value);
}

/** @throws EventError `invalid-argument` unless `value` is a function. */
export function requireHandler(value: unknown): void {
  if (typeof value !== 'function') throw invalid('the handler to be a function', value);
}
