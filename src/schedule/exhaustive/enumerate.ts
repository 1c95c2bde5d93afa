import type { FaultPoint } from '../../kernel/choice.ts';
import type { Enabled } from '../../kernel/enabled.ts';
import type { PendingEvent } from '../../kernel/event.ts';
import type { Strategy, StrategyChooser } from '../strategy.ts';

/** What a run tells of the tree of choices. */
interface Forks {
  /** How many ways there were at each fork behind its beginning. */
  readonly forks: readonly number[];
  /** Something was drawn from too many values to try all. */
  readonly endless: boolean;
}

/** How far the search of the tree of choices is: which paths to go next, and which later. */
export interface EnumerationKnowledge {
  /** Index of the run that goes the first of `next`. */
  readonly from: number;
  /** Beginnings of paths from the root, one a run: what to pick there; afterwards always the first. */
  readonly next: readonly (readonly number[])[];
  /** A stack of those whose turn has not come. */
  readonly later: readonly (readonly number[])[];
  /** Something was drawn from 2³² values, of which only the first is tried. */
  readonly endless: boolean;
}

/** Runs of one round at most: more would only let the stack grow. */
const BATCH = 256;

/** Goes one path through the tree of choices and notes how many ways there were at each fork behind its beginning. */
export class EnumerationChooser implements StrategyChooser {
  readonly delays = true;
  readonly #beginning: readonly number[];
  /** How many ways there were at each fork, from the beginning's end on. */
  readonly forks: number[] = [];
  endless = false;
  #at = 0;

  constructor(beginning: readonly number[]) {
    this.#beginning = beginning;
  }

  /** The root of the tree: which of the scenario's workloads. */
  workload(count: number): number {
    return this.#pick(count);
  }

  event(enabled: Enabled): number {
    return this.#pick(enabled.size);
  }

  delay(_event: PendingEvent, room: number): number {
    return this.#pick(room + 1);
  }

  fault(point: FaultPoint): number {
    return this.#pick(point.options.length + 1);
  }

  draw(): number {
    this.endless = true;
    return 0;
  }

  report(): Forks {
    return { forks: this.forks, endless: this.endless };
  }

  #pick(count: number): number {
    const pick = this.#beginning[this.#at];
    this.#at += 1;
    if (pick !== undefined) return pick;
    this.forks.push(count);
    return 0;
  }
}

/**
 * Every schedule once: depth-first search of the tree of choices without storing states, as Godefroid, "Model Checking
 * for Programming Languages using VeriSoft", POPL 1997, but without reduction. A run goes one path to its end; each
 * fork that it passes behind its beginning is worth a path for every other way. Faults are ways like any other, and
 * so are delays, in whole virtual ms: declare latencies of one value, or there is no end to it.
 */
export const enumerate: Strategy<EnumerationKnowledge> = {
  name: 'enumerate',
  initial: { from: 0, next: [[]], later: [], endless: false },
  chooser: ({ index, knowledge }) => new EnumerationChooser(knowledge.next[index - knowledge.from]!),
  left: ({ next }) => next.length,
  brief: (knowledge, from, to) => {
    const at = from - knowledge.from;
    return { from, next: knowledge.next.slice(at, at + to - from), later: [], endless: knowledge.endless };
  },
  learn: ({ from, next, later, endless }, round) => {
    const stack = [...next.slice(round.length), ...later];
    for (const { index, report } of round) {
      const { forks } = report as Forks;
      const beginning = next[index - from]!;
      for (let fork = 0; fork < forks.length; fork += 1) {
        const path = [...beginning, ...Array.from({ length: fork }, () => 0)];
        for (let way = 1; way < forks[fork]!; way += 1) stack.push([...path, way]);
      }
    }
    const rest = stack.length - Math.min(stack.length, BATCH);
    return {
      from: from + round.length,
      next: stack.slice(rest),
      later: stack.slice(0, rest),
      endless: endless || round.some(({ report }) => (report as Forks).endless),
    };
  },
  extent: ({ next, endless }) => {
    if (next.length > 0) return 'unfinished';
    return endless ? 'all but random values' : 'all';
  },
};
