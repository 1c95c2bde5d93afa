import type { Chooser } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import type { Random } from './random.ts';
import type { Strategy } from './strategy.ts';
import { Swarm } from './swarm.ts';

/** What PCT knows: the largest number of steps seen so far. */
export interface PctKnowledge {
  readonly steps: number;
}

/** First guess of a run's length in steps, before any was seen. */
const INITIAL_STEPS = 20;

/**
 * One PCT schedule. Tasks get distinct random priorities when they are first seen, all above the d - 1 that change
 * points hand out; the highest-priority enabled task runs, its oldest event first.
 */
class PctChooser extends Swarm implements Chooser {
  readonly #random: Random;
  /** Task index to priority, larger first. */
  readonly #priorities: number[] = [];
  readonly #changePoints: number[];
  #step = 0;

  constructor(random: Random, depth: number, steps: number) {
    super(random);
    this.#random = random;
    this.#changePoints = Array.from({ length: depth - 1 }, () => 1 + random.below(steps));
  }

  event(enabled: Enabled): number {
    this.#step += 1;
    let chosen = this.#best(enabled);
    for (let i = 0; i < this.#changePoints.length; i += 1) {
      if (this.#changePoints[i] !== this.#step) continue;
      this.#priorities[enabled.at(chosen).task.index] = -1 - i;
      chosen = this.#best(enabled);
    }
    return chosen;
  }

  #best(enabled: Enabled): number {
    let best = 0;
    let event = enabled.at(0);
    let priority = this.#priority(event);
    for (let i = 1; i < enabled.size; i += 1) {
      const candidate = enabled.at(i);
      const candidatePriority = this.#priority(candidate);
      if (candidatePriority > priority || (candidatePriority === priority && older(candidate, event))) {
        best = i;
        event = candidate;
        priority = candidatePriority;
      }
    }
    return best;
  }

  #priority(event: PendingEvent): number {
    return (this.#priorities[event.task.index] ??= this.#random.next());
  }
}

function older(a: PendingEvent, b: PendingEvent): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.seq < b.seq);
}

/**
 * Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs", ASPLOS 2010, section 2. Finds a bug of depth d with probability at
 * least 1 / (n k^(d-1)) per run, n tasks and k steps. k is estimated from earlier rounds and only grows; only
 * steps with an alternative count.
 */
export function pct(depth: number): Strategy<PctKnowledge> {
  return {
    name: `pct${String(depth)}`,
    initial: { steps: INITIAL_STEPS },
    chooser: ({ random, knowledge }) => new PctChooser(random, depth, knowledge.steps),
    learn: (knowledge, round) => ({ steps: round.reduce((most, run) => Math.max(most, run.steps), knowledge.steps) }),
  };
}
