import { LONGEST_TIMER_MS, wrongArgument } from '../errors/argument.ts';
import { ConnectionError } from './connection-error.ts';

function invalid(expected: string, value: unknown): ConnectionError {
  return new ConnectionError('invalid-argument', wrongArgument(expected, value));
}

/** Throws unless `value` is a number of ms that a timer can wait, above 0; Infinity stands for no bound. */
export function requireBound(what: string, value: unknown): asserts value is number {
  if (value === Infinity) return;
  // Written as "not > 0" so that NaN is refused as well.
  if (typeof value !== 'number' || !(value > 0) || value > LONGEST_TIMER_MS) {
    throw invalid(`${what} to be a number of ms above 0, at most ${LONGEST_TIMER_MS}, or Infinity`, value);
  }
}

/** Throws unless `value` is a whole number of at least `least`. */
export function requireCount(what: string, value: unknown, least: number): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw invalid(`${what} to be a whole number, ${least} or more`, value);
  }
}

/** Throws unless `value` is a string with at least one character. */
export function requireName(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} to be a non-empty string`, value);
}

/** Throws unless `value` is a function. */
export function requireFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw invalid(`${what} to be a function`, value);
}
