import type { Deviation } from '../schedule/deviation.ts';
import { deviationOf } from '../schedule/deviation.ts';
import { alternativesTo, type DeviationKind } from './alternatives.ts';
import type { TriedRun, Trials } from './trial.ts';
import type { Verdict } from './verdict.ts';
import { sameFailure } from './verdict.ts';

export interface BoundedSearch {
  readonly workload: unknown;
  readonly verdict: Verdict;
  readonly kinds: ReadonlySet<DeviationKind>;
  /** The largest number of deviations. */
  readonly most: number;
  /** How many runs at most. */
  readonly budget: number;
}

export interface Found {
  readonly schedule: readonly Deviation[];
  readonly run: TriedRun;
}

/**
 * Looks for a schedule that fails in the same way with as few deviations as possible: all schedules with k
 * deviations before any with k + 1 (iterative context bounding: Musuvathi and Qadeer, PLDI 2007; delay bounding:
 * Emmi, Qadeer and Rakamarić, POPL 2011). Each schedule is run once; the order is canonical, so the same bug is
 * found in the same form from wherever one started. Yields after every run.
 */
export function* boundedSearch(trials: Trials, search: BoundedSearch): Generator<void, Found | null> {
  const limit = trials.count + search.budget;
  let level: { readonly schedule: readonly Deviation[]; readonly run: TriedRun | null }[] = [
    { schedule: [], run: null },
  ];
  for (let size = 0; size <= search.most; size += 1) {
    const next: typeof level = [];
    for (const parent of level) {
      for (const schedule of size === 0 ? [[]] : extensions(parent.schedule, parent.run!, search.kinds)) {
        if (trials.count >= limit || trials.isSpent()) return null;
        const run = trials.follow(search.workload, schedule);
        yield;
        if (run.drift > 0) continue;
        if (sameFailure(run.outcome.verdict, search.verdict)) return { schedule, run };
        next.push({ schedule, run });
      }
    }
    level = next;
  }
  return null;
}

/** All schedules with one deviation more than `schedule`, placed after its last one in the run that it led to. */
function* extensions(
  schedule: readonly Deviation[],
  run: TriedRun,
  kinds: ReadonlySet<DeviationKind>,
): Generator<readonly Deviation[]> {
  let first = 0;
  run.choices.forEach((choice, at) => {
    if (deviationOf(choice) !== null) first = at + 1;
  });
  for (const choice of run.choices.slice(first)) {
    for (const alternative of alternativesTo(choice, kinds)) yield [...schedule, alternative];
  }
}
