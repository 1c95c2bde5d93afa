import type { FailedRun } from './explore.ts';
import { maxTurnsOf, type Patience } from './patience.ts';
import type { Trials } from './trial.ts';
import { sameFailure } from './verdict.ts';

/** Turns in which the candidates of a shrinker are told to go round in circles, or not. */
const EXAMINED = 1000;
/** Bounds that are tried for a livelock, instead of the scenario's own. */
const BOUNDS = [250, 1000, 4000, 16_000];

/**
 * How long to wait for runs that may fail as `found` did. A livelock never ends, and each run to the scenario's bound and ten
 * times beyond would cost what hundreds may: so a bound is looked for at which the run that was found goes round in
 * circles already. What comes of it is judged with all patience afterwards. Yields after every run.
 */
export function* briefPatience(trials: Trials, found: FailedRun): Generator<void, Patience> {
  const maxTurns = maxTurnsOf(trials.scenario);
  if (found.verdict.kind !== 'livelock') return { maxTurns, examined: EXAMINED };
  for (const bound of BOUNDS.filter((each) => each < maxTurns)) {
    trials.patience = { maxTurns: bound, examined: bound };
    const { outcome } = trials.repeat(found.workload, found.picks, found.delays);
    yield;
    if (sameFailure(outcome.verdict, found.verdict)) return trials.patience;
  }
  return { maxTurns, examined: Math.max(maxTurns, EXAMINED) };
}
