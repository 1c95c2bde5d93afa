import { wrongArgument } from '../errors/argument.ts';
import { PoolError } from './pool-error.ts';

export function invalid(expected: string, value: unknown): PoolError {
  return new PoolError('invalid-argument', wrongArgument(expected, value));
}

/** Throws a `PoolError` ('invalid-argument') unless `value` is a whole number from `min` to `max`. */
export function requireWhole(what: string, value: unknown, min: number, max: number): asserts value is number {
  // NaN, fractions, strings and null are no whole numbers either.
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw invalid(`${what} to be a whole number from ${min} to ${max}`, value);
  }
}

/** Throws a `PoolError` ('invalid-argument') unless `value` is a string with at least one character. */
export function requireText(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} to be a non-empty string`, value);
}
