import { wrongArgument } from '../errors/argument.ts';
import { LockError } from './lock-error.ts';

function invalid(expected: string, value: unknown): LockError {
  return new LockError('invalid-argument', wrongArgument(expected, value));
}

/** Throws a `LockError` ('invalid-argument') unless `value` is a string with at least one character. */
export function requireName(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} to be a non-empty string`, value);
}

/** Throws a `LockError` ('invalid-argument') unless `value` is a number of ms >= 0; Infinity is a valid wait. */
export function requireWait(what: string, value: unknown): asserts value is number {
  // Written as "not >= 0" so that NaN is refused as well.
  if (typeof value !== 'number' || !(value >= 0)) throw invalid(`${what} to be a number of ms, 0 or more`, value);
}

/** Throws a `LockError` ('invalid-argument') unless `value` is a finite number of ms above 0. */
export function requireDuration(what: string, value: unknown): asserts value is number {
  // An endless lease is refused: a holder that crashed would keep it for ever.
  if (typeof value !== 'number' || !(value > 0) || value === Infinity) {
    throw invalid(`${what} to be a finite number of ms above 0`, value);
  }
}

/** Throws a `LockError` ('invalid-argument') unless `value` is a finite number >= 0. */
export function requireRatio(what: string, value: unknown): asserts value is number {
  if (typeof value !== 'number' || !(value >= 0) || value === Infinity) {
    throw invalid(`${what} to be a finite number, 0 or more`, value);
  }
}

/** Throws a `LockError` ('invalid-argument') unless `value` is a fencing token: a safe integer >= 0. */
export function requireToken(what: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw invalid(`${what} to be an integer, 0 or more`, value);
}
