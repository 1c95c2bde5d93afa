import { LONGEST_TIMER_MS } from '../errors/argument.ts';
import { TaskError } from './task-error.ts';
import type { TaskRequest } from './task.ts';

/** The longest id, in UTF-16 code units. */
export const LONGEST_ID = 200;
/** The longest payload or outcome, in UTF-16 code units. */
export const LONGEST_TEXT = 100_000;
/** The most dependencies of one task. */
export const MOST_DEPENDENCIES = 1_000;

// Under the `u` flag this matches lone surrogates only: a database would store another text than it was given.
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether every code point of `text` survives being stored. */
export function isStorable(text: string): boolean {
  return !LONE_SURROGATE.test(text) && !text.includes('\0');
}

/** `text` with what cannot be stored replaced, and cut to {@link LONGEST_TEXT}: for results and reasons. */
export function storable(text: string): string {
  const cut = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
  return isStorable(cut) ? cut : cut.replaceAll(/\p{Surrogate}|\0/gu, '\uFFFD');
}

function invalid(expected: string, received: unknown): TaskError {
  const kind = received === null ? 'null' : Array.isArray(received) ? 'an array' : `a ${typeof received}`;
  const shown = typeof received === 'string' || typeof received === 'number' ? JSON.stringify(received) : kind;
  return new TaskError('invalid-argument', {
    expected,
    received: shown.length > 60 ? `${shown.slice(0, 60)}…` : shown,
    nextStep: 'nothing was changed; correct the argument',
  });
}

/** @throws TaskError `invalid-argument` unless `id` can be the id of a task. */
export function requireId(what: string, id: unknown): asserts id is string {
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST_ID && isStorable(id)) return;
  throw invalid(`${what} to be a text of 1 to ${String(LONGEST_ID)} characters, without NUL and lone surrogates`, id);
}

/** @throws TaskError `invalid-argument` unless `text` can be a payload. */
export function requireText(what: string, text: unknown): asserts text is string {
  if (typeof text === 'string' && text.length <= LONGEST_TEXT && isStorable(text)) return;
  const expected = `${what} to be a text of at most ${String(LONGEST_TEXT)} characters, without NUL and lone surrogates`;
  throw invalid(expected, text);
}

/** @throws TaskError `invalid-argument` unless `attempt` is a whole number from 1. */
export function requireAttempt(attempt: unknown): asserts attempt is number {
  if (!Number.isSafeInteger(attempt) || Number(attempt) < 1)
    throw invalid('attempt to be a whole number from 1', attempt);
}

/** @throws TaskError `invalid-argument` unless `ms` is a number above 0 that a timer can wait. */
export function requireDelay(what: string, ms: unknown): asserts ms is number {
  if (typeof ms !== 'number' || !(ms > 0) || ms > LONGEST_TIMER_MS)
    throw invalid(`${what} to be a number of ms above 0, at most ${LONGEST_TIMER_MS}`, ms);
}

/** @throws TaskError `invalid-argument` unless `count` is a whole number from 1. */
export function requireCount(what: string, count: unknown): asserts count is number {
  if (!Number.isSafeInteger(count) || Number(count) < 1) throw invalid(`${what} to be a whole number from 1`, count);
}

/** The request with its dependencies sorted, each once. @throws TaskError `invalid-argument` */
export function checkedRequest(request: TaskRequest): Required<TaskRequest> {
  if (typeof request !== 'object' || (request as unknown) === null) throw invalid('a request', request);
  const { id, payload, dependsOn = [] } = request;
  requireId('id', id);
  requireText('payload', payload);
  if (!Array.isArray(dependsOn) || dependsOn.length > MOST_DEPENDENCIES) {
    throw invalid(`dependsOn to be an array of at most ${String(MOST_DEPENDENCIES)} ids`, dependsOn);
  }
  for (const each of dependsOn) requireId('each of dependsOn', each);
  const others = [...new Set(dependsOn)].sort();
  if (others.includes(id)) throw invalid('a task not to depend on itself', id);
  return { id, payload, dependsOn: others };
}
