import { LONGEST_TIMER_MS, wrongArgument } from '../errors/argument.ts';
import { SuperviseError } from './supervise-error.ts';

function invalid(expected: string, value: unknown): SuperviseError {
  return new SuperviseError('invalid-argument', wrongArgument(expected, value));
}

/** Throws a `SuperviseError` ('invalid-argument') unless `value` is a function. */
export function requireFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw invalid(`${what} to be a function`, value);
}

/** Throws a `SuperviseError` ('invalid-argument') unless `value` is one of `allowed`. */
export function requireOneOf(what: string, value: unknown, allowed: readonly string[]): void {
  if (!allowed.includes(value as string)) throw invalid(`${what} to be one of ${allowed.join(', ')}`, value);
}

/** Throws a `SuperviseError` ('invalid-argument') unless `value` is a string with at least one character. */
export function requireName(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} to be a non-empty string`, value);
}

/** Throws a `SuperviseError` ('invalid-argument') unless `value` is a whole number of at least `least`, or Infinity. */
export function requireCount(what: string, value: unknown, least: number): void {
  if (value === Infinity) return;
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw invalid(`${what} to be a whole number, ${least} or more`, value);
  }
}

/** Throws a `SuperviseError` ('invalid-argument') unless `value` is a number of ms that a timer can wait. */
export function requireBound(what: string, value: unknown): void {
  // Written as "not >= 0" so that NaN is refused as well.
  if (typeof value !== 'number' || !(value >= 0) || value > LONGEST_TIMER_MS) {
    throw invalid(`${what} to be a number of ms from 0 to ${LONGEST_TIMER_MS}`, value);
  }
}

/** As {@link requireBound}; Infinity stands for no limit. */
export function requireLimit(what: string, value: unknown): void {
  if (value !== Infinity) requireBound(what, value);
}

/** Throws a `SuperviseError` ('invalid-argument') for an id that is there twice. */
export function requireUnique(what: string, values: readonly string[]): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) throw invalid(`${what} to be unique`, value);
    seen.add(value);
  }
}
