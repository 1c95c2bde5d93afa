import type { Chooser } from '../kernel/choice.ts';
import type { Random } from './random.ts';

/** What a strategy may learn from a run that has ended. */
export interface RunFacts {
  readonly index: number;
  /** Choices among two or more enabled events. */
  readonly steps: number;
  /** What the run's chooser had to tell when the run was over. */
  readonly report?: unknown;
}

/** Makes the choices of one run for a strategy, and tells what the strategy is to learn of it. */
export interface StrategyChooser extends Chooser {
  /** Asked once, when the run is over: something that can travel between threads. */
  report?(): unknown;
  /** Which of the workloads that a scenario lists under `every` the run has; without it, one is drawn. */
  workload?(count: number): number;
}

/** Whether every schedule was run, every schedule with one and the same stream of random values, or not. */
export type Extent = 'all' | 'all but random values' | 'unfinished';

/** What the runs of a search that leaves out equivalent schedules amount to. */
export interface Covered {
  /** How many schedules the runs stand for, in decimal digits. */
  readonly standsFor: string;
  /** It is more than that: some runs stand for too many to count. */
  readonly more: boolean;
  /** How many runs showed nothing that others had not shown. */
  readonly redundant: number;
}

/** What a run gives to its strategy. */
export interface RunStart<Knowledge> {
  /** Position of the run within its campaign, from 0. */
  readonly index: number;
  readonly random: Random;
  /** What was learnt from the rounds before; plain JSON. */
  readonly knowledge: Knowledge;
  /** What the scenario says its turns can have in common. Default: anything. */
  readonly shares?: 'anything' | 'resources';
}

/**
 * Makes the choices of runs. A strategy has no state of its own: what it learns from one round of runs is a plain
 * value, handed to every run of the next, so that results do not depend on who computes what.
 */
export interface Strategy<Knowledge = unknown> {
  readonly name: string;
  readonly initial: Knowledge;
  /** It draws nothing: on one workload its runs are the same with every seed. */
  readonly systematic?: true;
  chooser(start: RunStart<Knowledge>): StrategyChooser;
  /** Called between rounds, with the runs of the round in index order. */
  learn(knowledge: Knowledge, round: readonly RunFacts[]): Knowledge;
  /** How many runs it has use for in the next round. Without it: any number. */
  left?(knowledge: Knowledge): number;
  /** As much of its knowledge as runs `from` to `to` of the next round need. Without it: all. */
  brief?(knowledge: Knowledge, from: number, to: number): Knowledge;
  /** How far the search came. Without it: `unfinished`, for ever. */
  extent?(knowledge: Knowledge): Extent;
  /** For how many schedules its runs stand. Without it: each for itself. */
  covered?(knowledge: Knowledge): Covered;
}
