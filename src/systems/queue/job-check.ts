import { LONGEST_TIMER_MS, wrongArgument } from '../errors/argument.ts';
import { cycle, refuseCycles } from './cycle.ts';
import type { JobSpec } from './job.ts';
import { QueueError } from './queue-error.ts';

export const HIGHEST_PRIORITY = 1000;

function invalid(expected: string, value: unknown): QueueError {
  return new QueueError('invalid-argument', wrongArgument(expected, value));
}

/** Throws a `QueueError` ('invalid-argument') unless a database returns the string as it was given. */
export function requireText(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || /\p{Surrogate}|\0/u.test(value)) {
    throw invalid(`${what} to be a string without lone surrogates and NUL`, value);
  }
}

/** Throws a `QueueError` ('invalid-argument') unless `value` can name a job. */
export function requireId(what: string, value: unknown): asserts value is string {
  requireText(what, value);
  if (value === '') throw invalid(`${what} to be a non-empty string`, value);
}

/** Throws a `QueueError` ('invalid-argument') unless `value` is a priority. */
export function requirePriority(value: unknown): asserts value is number {
  if (!Number.isInteger(value) || Math.abs(value as number) > HIGHEST_PRIORITY) {
    const range = `-${String(HIGHEST_PRIORITY)} to ${String(HIGHEST_PRIORITY)}`;
    throw invalid(`priority to be an integer from ${range}`, value);
  }
}

/** Throws a `QueueError` ('invalid-argument') unless `value` is an integer of 1 or more. */
export function requireCount(what: string, value: unknown): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) {
    throw invalid(`${what} to be an integer, 1 or more`, value);
  }
}

/** Throws a `QueueError` ('invalid-argument') unless `value` is a number of ms that a timer can wait. */
export function requireDuration(what: string, value: unknown, least: number): asserts value is number {
  // Written as "not >=" so that NaN is refused as well.
  if (typeof value !== 'number' || !(value >= least) || value > LONGEST_TIMER_MS) {
    throw invalid(`${what} to be a number of ms from ${String(least)} to ${String(LONGEST_TIMER_MS)}`, value);
  }
}

/** Throws a `QueueError` ('invalid-argument') unless `value` is a number of ms, 0 or more. */
export function requireAge(what: string, value: unknown): asserts value is number {
  if (typeof value !== 'number' || !(value >= 0) || value === Infinity) {
    throw invalid(`${what} to be a finite number of ms, 0 or more`, value);
  }
}

/** Throws a `QueueError` ('invalid-argument') unless `value` is how a job can end at its receiver. */
export function requireEnd(what: string, value: unknown): asserts value is 'completed' | 'failed' {
  if (value !== 'completed' && value !== 'failed') throw invalid(`${what} to be 'completed' or 'failed'`, value);
}

/** Throws a `QueueError` ('invalid-argument') unless `value` is an object. */
export function requireObject(what: string, value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null) throw invalid(`${what} to be an object`, value);
}

/** Throws a `QueueError` ('invalid-argument') unless `value` is a function. */
export function requireFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw invalid(`${what} to be a function`, value);
}

/** A job as it is stored, checked and with its defaults. */
export interface CheckedSpec {
  readonly id: string;
  readonly payload: string;
  readonly priority: number;
  readonly dependsOn: readonly string[];
}

function checkSpec(spec: JobSpec): CheckedSpec {
  requireObject('a job', spec);
  const { id, payload = '', dependsOn = [], priority = 0 } = spec;
  requireId('id', id);
  requireText('payload', payload);
  requirePriority(priority);
  if (!Array.isArray(dependsOn)) throw invalid('dependsOn to be an array of ids', dependsOn);
  for (const each of dependsOn) requireId('an entry of dependsOn', each);
  if (dependsOn.includes(id)) throw cycle([id, id]);
  return { id, payload, priority, dependsOn: [...new Set(dependsOn)] };
}

/**
 * Jobs to be enqueued together, checked.
 *
 * @throws QueueError 'invalid-argument', 'id-taken' for two of the same id, or 'cycle'
 */
export function checkSpecs(specs: readonly JobSpec[]): readonly CheckedSpec[] {
  if (!Array.isArray(specs)) throw invalid('jobs to be an array', specs);
  const checked = Array.from(specs, checkSpec);
  const ids = new Set<string>();
  for (const { id } of checked) {
    if (ids.has(id)) {
      throw new QueueError('id-taken', {
        expected: 'each job to have an id of its own',
        received: `two with id ${JSON.stringify(id)}`,
        nextStep: 'leave one of them out',
      });
    }
    ids.add(id);
  }
  refuseCycles(checked);
  return checked;
}
