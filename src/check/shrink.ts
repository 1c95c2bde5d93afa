import fc from 'fast-check';
import { workloadText } from './workload-text.ts';
import type { Deviation } from '../schedule/deviation.ts';
import { deviationsOf } from '../schedule/deviation.ts';
import { pct } from '../schedule/pct.ts';
import { randomFor } from '../schedule/random.ts';
import { randomWalk } from '../schedule/random-walk.ts';
import { boundedSearch } from './bounded-search.ts';
import { ddmin, shrinkSchedule } from './shrink-schedule.ts';
import type { Trials } from './trial.ts';
import { sameFailure, type Verdict } from './verdict.ts';
import {
  belongs,
  changedTogether,
  equalised,
  exchanged,
  lowered,
  merged,
  operationKinds,
  operationsIn,
  redistributed,
  replaced,
  sortedOperations,
  unshared,
  withoutOperations,
} from './workload-passes.ts';

/** A failing run as the shrinker holds it: workload and schedule together. */
export interface Failing {
  readonly workload: unknown;
  readonly schedule: readonly Deviation[];
}

export interface ShrinkStart extends Failing {
  readonly verdict: Verdict;
  /** fast-check's context of the workload, where it was generated; its own shrinks need it. */
  readonly context: unknown;
}

/** Random schedules tried on a smaller workload on which the known schedule does not fail. */
const SEARCH_AGAIN = 24;
/** Runs of the systematic search on a smaller workload. */
const SEARCH_NEAR = 60;
/** Rounds in which workload and schedule are shrunk in turn. */
const ROUNDS = 6;

/**
 * Shrinks a counterexample: operations first, then the schedule, in turn until neither gets smaller. A candidate
 * counts only if it fails in the same way (same kind of verdict, same invariant). On a smaller workload another
 * schedule may be the one that fails: it is searched for with a small bound rather than insisting on the old one
 * (Lincheck). Yields after every run, so that a caller can keep its thread responsive.
 */
export function* shrink(trials: Trials, start: ShrinkStart): Generator<void, Failing> {
  return yield* new Shrinker(trials, start).shrink();
}

class Shrinker {
  readonly #trials: Trials;
  readonly #verdict: Verdict;
  readonly #arbitrary: fc.Arbitrary<unknown>;
  /** The operations to choose from, where these are few. */
  readonly #kinds: readonly unknown[];
  #workload: unknown;
  #context: unknown;
  #schedule: readonly Deviation[];
  /** Workloads on which no failing schedule was found, by their text. */
  readonly #hopeless = new Set<string>();

  constructor(trials: Trials, start: ShrinkStart) {
    this.#trials = trials;
    this.#arbitrary = trials.scenario.workload;
    this.#kinds = operationKinds(this.#arbitrary);
    this.#verdict = start.verdict;
    this.#workload = start.workload;
    this.#context = start.context;
    this.#schedule = start.schedule;
  }

  *shrink(): Generator<void, Failing> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const smaller = yield* this.#shrinkWorkload();
      const before = this.#schedule;
      this.#schedule = yield* shrinkSchedule(this.#trials, this.#workload, this.#schedule, this.#verdict);
      yield* this.#exchangeForFewerChoices();
      const changed = workloadText(before) !== workloadText(this.#schedule);
      if (!smaller && !changed) break;
      // Another schedule may fail on workloads on which the old one did not.
      if (changed) this.#hopeless.clear();
    }
    yield* this.#minimise();
    return { workload: unshared(this.#workload), schedule: this.#schedule };
  }

  /** Drops what can be dropped by itself: the search may have been cut short, or changed one part after the other. */
  *#minimise(): Generator<void> {
    let smaller = true;
    while (smaller) {
      smaller = false;
      this.#schedule = yield* ddmin(this.#trials, this.#workload, this.#schedule, this.#verdict);
      for (const workload of withoutOperations(this.#workload)) {
        if (this.#trials.isReserveSpent()) return;
        if (!belongs(this.#arbitrary, workload)) continue;
        const { outcome } = this.#trials.follow(workload, this.#schedule);
        yield;
        if (!sameFailure(outcome.verdict, this.#verdict)) continue;
        this.#workload = workload;
        smaller = true;
        break;
      }
    }
  }

  *#shrinkWorkload(): Generator<void, boolean> {
    let progress = false;
    for (;;) {
      const step =
        (yield* this.#firstFailing(this.#ownShrinks())) || (yield* this.#firstFailing(this.#libraryShrinks()));
      if (!step) return progress;
      progress = true;
    }
  }

  /** Clients in another order may need fewer choices: who is due first by default needs none to be first. */
  *#exchangeForFewerChoices(): Generator<void> {
    const verdict = this.#verdict;
    const kinds = new Set(['order' as const, ...this.#schedule.map(({ kind }) => kind)]);
    for (const workload of exchanged(this.#workload)) {
      const most = this.#schedule.length - 1;
      if (most < 0 || this.#trials.isSpent()) return;
      if (!belongs(this.#arbitrary, workload)) continue;
      const found = yield* boundedSearch(this.#trials, { workload, verdict, kinds, most, budget: SEARCH_NEAR });
      if (found === null) continue;
      this.#workload = workload;
      this.#context = undefined;
      this.#schedule = found.schedule;
    }
  }

  /** fast-check's shrinks of the current workload. */
  *#libraryShrinks(): Generator<readonly [unknown, unknown]> {
    if (this.#context === undefined && !belongs(this.#arbitrary, this.#workload)) return;
    for (const { value, context } of this.#arbitrary.shrink(this.#workload, this.#context)) {
      yield [value, context];
      const together = changedTogether(this.#workload, value);
      if (together !== null && belongs(this.#arbitrary, together)) yield [together, undefined];
    }
  }

  /** Our own: they need no context, but must stay in the arbitrary's domain. */
  *#ownShrinks(): Generator<readonly [unknown, unknown]> {
    const passes = [
      withoutOperations,
      merged,
      equalised,
      (workload: unknown) => replaced(this.#kinds, workload),
      sortedOperations,
      redistributed,
      (workload: unknown) => lowered(this.#arbitrary, workload),
    ];
    for (const pass of passes) {
      for (const candidate of pass(this.#workload)) {
        if (belongs(this.#arbitrary, candidate)) yield [candidate, undefined];
      }
    }
  }

  /** Takes over the first candidate that fails in the same way. */
  *#firstFailing(candidates: Iterable<readonly [unknown, unknown]>): Generator<void, boolean> {
    for (const [workload, context] of candidates) {
      if (this.#trials.isSpent()) return false;
      const text = workloadText(unshared(workload));
      if (this.#hopeless.has(text)) continue;
      const schedule = yield* this.#failingSchedule(workload);
      if (schedule === null) {
        this.#hopeless.add(text);
        continue;
      }
      this.#workload = workload;
      this.#context = context;
      this.#schedule = schedule;
      // Passes that disagree about what is smaller must not go round in circles.
      this.#hopeless.add(text);
      return true;
    }
    return false;
  }

  /**
   * A schedule on which `workload` fails in the same way. A workload with fewer operations may need another, even a
   * longer one; smaller values may not cost a choice more than there are, for choices count before values.
   */
  *#failingSchedule(workload: unknown): Generator<void, readonly Deviation[] | null> {
    const trials = this.#trials;
    const verdict = this.#verdict;
    const fewer = operationsIn(workload) < operationsIn(this.#workload);
    const known = trials.follow(workload, this.#schedule);
    yield;
    if (sameFailure(known.outcome.verdict, verdict)) return deviationsOf(known.choices);
    const kinds = new Set(['order' as const, ...this.#schedule.map(({ kind }) => kind)]);
    const most = fewer ? 1 : Math.min(1, this.#schedule.length);
    const near = yield* boundedSearch(trials, { workload, verdict, kinds, most, budget: SEARCH_NEAR });
    if (near !== null) return near.schedule;
    if (!fewer) return null;
    for (let i = 0; i < SEARCH_AGAIN; i += 1) {
      const random = randomFor('shrink', i);
      const chooser =
        i % 2 === 0
          ? randomWalk.chooser({ index: i, random, knowledge: null })
          : pct(3).chooser({ index: i, random, knowledge: { steps: 30 } });
      const run = trials.search(workload, chooser);
      yield;
      if (sameFailure(run.outcome.verdict, verdict)) return deviationsOf(run.choices);
    }
    return null;
  }
}
