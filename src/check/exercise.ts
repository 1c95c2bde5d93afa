import { TraceHash } from '../kernel/hash.ts';
import type { RunOutcome } from './execute.ts';
import { isWritable, workloadText } from './workload-text.ts';

/**
 * What runs have put to the test: marks such as `fault crash`. Their union is the same in whatever order runs are made,
 * and by whom.
 */
export type Exercise = ReadonlySet<string>;

/** Adds to `marks` what one run has put to the test. */
export function addExercise(marks: Set<string>, workload: unknown, outcome: RunOutcome): void {
  const { operations, chose, faults, exercised, facts } = outcome;
  if (chose) marks.add('choice');
  // Of one that cannot be written down nobody can say whether it is another: it counts as one of many.
  else if (!isWritable(workload)) marks.add('choice');
  else if (!marks.has('choice')) marks.add(`workload ${textHash(workloadText(workload))}`);
  if (facts > 0) marks.add('fact');
  for (const [kind, struck] of faults) {
    marks.add(`fault ${kind}`);
    if (struck) marks.add(`struck ${kind}`);
  }
  for (const [name, yes] of exercised) {
    marks.add(`watched ${name}`);
    if (yes) marks.add(`exercised ${name}`);
  }
  for (const { name, outcome: end } of operations) {
    marks.add(`operation ${name}`);
    if (end.kind !== 'threw' || !isMistake(end.error)) marks.add(`answered ${name}`);
  }
}

function textHash(text: string): string {
  const hash = new TraceHash();
  hash.addText(text);
  return hash.toString();
}

/** What code throws that was called in a way that it was not made for, rather than because of what happened. */
function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof SyntaxError;
}

/** The rest of those marks that begin with `sort`, in alphabetical order. */
function named(exercise: Exercise, sort: string): string[] {
  const prefix = `${sort} `;
  return [...exercise]
    .filter((mark) => mark.startsWith(prefix))
    .map((mark) => mark.slice(prefix.length))
    .sort();
}

/** In fewer runs than these a fault may be left out by chance. */
const RUNS_FOR_FAULTS = 500;

/**
 * What makes it doubtful that `runs` runs, none of which failed, have shown anything: sentences without a full stop.
 * Only what leaves no room for another reading: a breaker's calls may all fail, a synchronous subject's operations never
 * overlap, and both are as it should be.
 */
export function doubts(exercise: Exercise, runs: number): string[] {
  const lacking = (all: string, seen: string): string[] =>
    named(exercise, all).filter((name) => !exercise.has(`${seen} ${name}`));
  const found: string[] = [];
  for (const name of lacking('watched', 'exercised'))
    found.push(`${name} was never put to the test: nothing that it judges happened`);
  if (named(exercise, 'operation').length === 0 && !exercise.has('fact'))
    found.push('no operation was performed and no fact told');
  for (const name of lacking('operation', 'answered'))
    found.push(`operation ${name} threw a TypeError or the like every time`);
  if (runs > 1 && !exercise.has('choice') && named(exercise, 'workload').length === 1)
    found.push(
      'there was nothing to choose: no two events were ever possible at once, and the workload is always the same',
    );
  if (runs >= RUNS_FOR_FAULTS)
    for (const kind of lacking('fault', 'struck')) found.push(`${kind} might have struck, and never did`);
  return found;
}
