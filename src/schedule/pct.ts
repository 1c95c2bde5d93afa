import type { Witness } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import { Chains } from './chains.ts';
import type { Random } from './random.ts';
import type { RunFacts, Strategy, StrategyChooser } from './strategy.ts';
import { Swarm } from './swarm.ts';

/** What PCT knows: the largest number of steps seen so far. */
export interface PctKnowledge {
  readonly steps: number;
}

/** First guess of a run's length in steps, before any was seen. */
const INITIAL_STEPS = 20;

/**
 * One PCT schedule. Tasks (or chains of events) get distinct random priorities when they are first seen, all above the d - 1 that change
 * points hand out; the highest-priority enabled task runs, its oldest event first.
 */
class PctChooser extends Swarm implements StrategyChooser {
  readonly #random: Random;
  readonly #chains: Chains | null;
  readonly witness?: Witness;
  /** Priorities of tasks by their index, or of chains; larger first. */
  readonly #priorities: number[] = [];
  readonly #changePoints: number[];
  #step = 0;

  constructor(random: Random, depth: number, steps: number, chains: Chains | null) {
    super(random);
    this.#random = random;
    this.#chains = chains;
    if (chains !== null) this.witness = chains.witness;
    this.#changePoints = Array.from({ length: depth - 1 }, () => 1 + random.below(steps));
  }

  event(enabled: Enabled): number {
    this.#step += 1;
    let chosen = this.#best(enabled);
    for (let i = 0; i < this.#changePoints.length; i += 1) {
      if (this.#changePoints[i] !== this.#step) continue;
      this.#priorities[this.#groupOf(enabled.at(chosen))] = -1 - i;
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

  fires(event: PendingEvent): void {
    this.#chains?.fires(event);
  }

  #groupOf(event: PendingEvent): number {
    return this.#chains === null ? event.task.index : this.#chains.of(event);
  }

  #priority(event: PendingEvent): number {
    return (this.#priorities[this.#groupOf(event)] ??= this.#random.next());
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
    chooser: ({ random, knowledge }) => new PctChooser(random, depth, knowledge.steps, null),
    learn,
  };
}

/**
 * The same for chains of events that caused each other instead of tasks: Ozkan, Majumdar, Niksic, Tabaei Befrouei and
 * Weissenbacher, "Randomized Testing of Distributed Systems with Probabilistic Guarantees", OOPSLA 2018. For programs
 * whose tasks have several events under way at a time.
 */
export function pctcp(depth: number): Strategy<PctKnowledge> {
  return {
    name: `pctcp${String(depth)}`,
    initial: { steps: INITIAL_STEPS },
    chooser: ({ random, knowledge }) => new PctChooser(random, depth, knowledge.steps, new Chains()),
    learn,
  };
}

function learn(knowledge: PctKnowledge, round: readonly RunFacts[]): PctKnowledge {
  return { steps: round.reduce((most, run) => Math.max(most, run.steps), knowledge.steps) };
}
