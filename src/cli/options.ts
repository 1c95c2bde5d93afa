import { availableParallelism } from 'node:os';
import { HeddleError } from '../kernel/errors.ts';

function wholeNumber(name: string, text: string, example: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new HeddleError({
    code: 'BAD_OPTION',
    expected: `a whole number of at least 1 for --${name}`,
    received: JSON.stringify(text),
    next: `Pass --${name} ${example}.`,
  });
}

export function runsOption(text: string): number {
  return wholeNumber('runs', text, '1000');
}

export function workersOption(text: string): number {
  return wholeNumber('workers', text, String(availableParallelism()));
}

/** A whole number of at least 1 for the option of that name. */
export function countOption(name: string, example: string): (text: string) => number {
  return (text) => wholeNumber(name, text, example);
}

/** Names with commas between them. */
export function listOption(name: string): (text: string) => string[] {
  return (text) => {
    const names = text.split(',').map((each) => each.trim());
    if (names.every((each) => each !== '')) return names;
    throw new HeddleError({
      code: 'BAD_OPTION',
      expected: `names with commas between them for --${name}`,
      received: JSON.stringify(text),
      next: `Pass --${name} random,mix.`,
    });
  };
}

/** A run index: 0 is the first. */
export function runIndexOption(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new HeddleError({
    code: 'BAD_OPTION',
    expected: 'a run index, 0 or larger, for --run',
    received: JSON.stringify(text),
    next: 'Pass the firstFailingRun of the report.',
  });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `30s`, `500ms`, `2m`, `1h` as milliseconds. */
export function timeOption(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim());
  const ms = match === null ? 0 : Number(match[1]) * UNITS[match[2]!]!;
  if (ms > 0) return ms;
  throw new HeddleError({
    code: 'BAD_OPTION',
    expected: 'a time such as 30s, 500ms or 2m for --time',
    received: JSON.stringify(text),
    next: 'Pass --time 30s.',
  });
}

export function defaultWorkers(): number {
  return availableParallelism();
}

/** A seed nobody chose: printed, so that the run can be repeated. */
export function freshSeed(): string {
  return String(Math.floor(Math.random() * 2 ** 31));
}
