import type { Deviation } from '../schedule/deviation.ts';
import { describeDeviation } from '../schedule/deviation.ts';
import { alternativesTo } from './alternatives.ts';
import type { Trials } from './trial.ts';
import { isFailure, sameFailure, type Verdict } from './verdict.ts';
import type { Failing } from './shrink.ts';

/** What one remaining choice is worth. */
export interface ChoiceWorth {
  readonly choice: string;
  /** What happens when it is taken back: `holds`, or the invariant that fails then. */
  readonly without: string;
}

/** Why a counterexample fails: which of its choices matter, and what passes nearby. */
export interface Explanation {
  readonly choices: readonly ChoiceWorth[];
  /** The passing schedule that differs in one choice; null when every neighbour fails too. */
  readonly nearestPassing: { readonly change: string; readonly schedule: readonly Deviation[] } | null;
}

/** Runs the neighbours of a counterexample. Yields after every run. */
export function* explain(
  trials: Trials,
  { workload, schedule }: Failing,
  verdict: Verdict,
): Generator<void, Explanation> {
  const choices: ChoiceWorth[] = [];
  let nearestPassing: Explanation['nearestPassing'] = null;
  for (let i = schedule.length - 1; i >= 0; i -= 1) {
    const without = schedule.toSpliced(i, 1);
    const { outcome } = trials.follow(workload, without);
    yield;
    const choice = describeDeviation(schedule[i]!);
    choices.unshift({ choice, without: outcomeOf(outcome.verdict, verdict) });
    if (!isFailure(outcome.verdict)) nearestPassing ??= { change: `without ${choice}`, schedule: without };
  }
  nearestPassing ??= yield* passingNeighbour(trials, { workload, schedule });
  return { choices, nearestPassing };
}

function outcomeOf(found: Verdict, original: Verdict): string {
  if (!isFailure(found)) return 'holds';
  return sameFailure(found, original) ? 'fails in the same way' : `fails ${found.invariant ?? found.kind}`;
}

/** How many neighbours of a schedule without removable choices are tried. */
const NEIGHBOURS = 200;

function* passingNeighbour(
  trials: Trials,
  { workload, schedule }: Failing,
): Generator<void, Explanation['nearestPassing']> {
  const { choices } = trials.follow(workload, schedule);
  yield;
  let tried = 0;
  for (const choice of choices) {
    for (const alternative of alternativesTo(choice, new Set(['order', 'fault', 'delay'] as const))) {
      tried += 1;
      if (tried > NEIGHBOURS) return null;
      const neighbour = [...schedule, alternative];
      const { outcome, drift } = trials.follow(workload, neighbour);
      yield;
      if (drift === 0 && !isFailure(outcome.verdict)) {
        return { change: `with ${describeDeviation(alternative)}`, schedule: neighbour };
      }
    }
  }
  return null;
}
