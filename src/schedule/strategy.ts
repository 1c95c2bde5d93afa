import type { Chooser } from '../kernel/choice.ts';
import type { Random } from './random.ts';

/** What a strategy may learn from a run that has ended. */
export interface RunFacts {
  readonly index: number;
  /** Choices among two or more enabled events. */
  readonly steps: number;
}

/** What a run gives to its strategy. */
export interface RunStart<Knowledge> {
  /** Position of the run within its campaign, from 0. */
  readonly index: number;
  readonly random: Random;
  /** What was learnt from the rounds before; plain JSON. */
  readonly knowledge: Knowledge;
}

/**
 * Makes the choices of runs. A strategy has no state of its own: what it learns from one round of runs is a plain
 * value, handed to every run of the next, so that results do not depend on who computes what.
 */
export interface Strategy<Knowledge = unknown> {
  readonly name: string;
  readonly initial: Knowledge;
  chooser(start: RunStart<Knowledge>): Chooser;
  /** Called between rounds, with the runs of the round in index order. */
  learn(knowledge: Knowledge, round: readonly RunFacts[]): Knowledge;
}
