import type { Deviation } from '../schedule/deviation.ts';
import { boundedSearch, type Found } from './bounded-search.ts';
import type { DeviationKind } from './alternatives.ts';
import type { Trials } from './trial.ts';
import { sameFailure, type Verdict } from './verdict.ts';

/** How many runs the search for a smaller or more canonical schedule may take. */
const SEARCH_BUDGET = 3000;

/**
 * The fewest deviations that still fail in the same way: delta debugging (Zeller and Hildebrandt, TSE 2002; for
 * schedules Choi and Zeller, ISSTA 2002), then a search from the empty schedule for fewer, or as many in canonical
 * form.
 */
export function* shrinkSchedule(
  trials: Trials,
  workload: unknown,
  schedule: readonly Deviation[],
  verdict: Verdict,
): Generator<void, readonly Deviation[]> {
  const fewest = yield* ddmin(trials, workload, schedule, verdict);
  if (fewest.length === 0) return fewest;
  const kinds = new Set<DeviationKind>(['order', ...fewest.map(({ kind }) => kind)]);
  const search = { workload, verdict, kinds, most: fewest.length, budget: SEARCH_BUDGET };
  const found: Found | null = yield* boundedSearch(trials, search);
  return found === null ? fewest : found.schedule;
}

/** Removes ever smaller runs of deviations until no single one can go. */
export function* ddmin(
  trials: Trials,
  workload: unknown,
  schedule: readonly Deviation[],
  verdict: Verdict,
): Generator<void, readonly Deviation[]> {
  let current = schedule;
  let size = current.length;
  while (size >= 1 && !trials.isReserveSpent()) {
    let removed = false;
    for (let at = 0; at < current.length && !trials.isReserveSpent();) {
      const candidate = [...current.slice(0, at), ...current.slice(at + size)];
      const { outcome } = trials.follow(workload, candidate);
      yield;
      if (sameFailure(outcome.verdict, verdict)) {
        current = candidate;
        removed = true;
      } else {
        at += size;
      }
    }
    if (removed && size === 1) continue;
    size = removed ? Math.min(size, current.length) : Math.floor(size / 2);
  }
  return current;
}
