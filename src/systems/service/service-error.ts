import { LONGEST_TIMER_MS, wrongInput } from '../errors/argument.ts';
import { FoundationError } from '../errors/foundation-error.ts';

/**
 * - `invalid-option`: an option or argument is out of range;
 * - `closed`: the service was closed;
 * - `unknown-limiter`: no limiter of that id is configured;
 * - `export-failed`: the exporter of stale contexts threw; `cause` is what it threw.
 */
export type ServiceErrorCode = 'invalid-option' | 'closed' | 'unknown-limiter' | 'export-failed';

/** The error of the periodic services: switch on `code`, show `message`. */
export class ServiceError extends FoundationError<ServiceErrorCode> {
  override readonly name: string = 'ServiceError';
}

function invalid(expected: string, value: unknown): ServiceError {
  return new ServiceError('invalid-option', wrongInput(expected, value));
}

/** @throws ServiceError `invalid-option` unless `value` is a whole number of ms that a timer can wait. */
export function requirePeriod(what: string, value: unknown): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= LONGEST_TIMER_MS) return;
  throw invalid(`${what} to be a whole number of ms from 1 to ${String(LONGEST_TIMER_MS)}`, value);
}

/** @throws ServiceError `invalid-option` unless `value` is a whole number of at least 1. */
export function requireCount(what: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw invalid(`${what} to be a whole number >= 1`, value);
}

/** @throws ServiceError `invalid-option` unless `value` is a finite number >= 0. */
export function requireDuration(what: string, value: unknown): asserts value is number {
  if (!Number.isFinite(value) || (value as number) < 0)
    throw invalid(`${what} to be a finite number of ms >= 0`, value);
}

/** @throws ServiceError `invalid-option` unless `value` is a non-empty string. */
export function requireName(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') throw invalid(`${what} to be a non-empty string`, value);
}

export function closed(service: string): ServiceError {
  return new ServiceError('closed', {
    category: 'permanent',
    recoveryStrategy: 'propagate',
    expected: `${service} to be open`,
    received: 'a call after close()',
    nextStep: 'make a new one',
  });
}
