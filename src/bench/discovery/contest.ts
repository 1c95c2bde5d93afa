import type { Target } from '../../check/hunt.ts';
import type { Contestant, Outcome } from './contestant.ts';

/** One program with one contestant: all trials that were made. */
export interface Cell {
  readonly target: Target;
  readonly contestant: string;
  /** By number of the trial; trials that were not made are absent. */
  readonly outcomes: Map<number, Outcome>;
}

export interface ContestOptions {
  readonly targets: readonly Target[];
  readonly contestants: readonly Contestant[];
  readonly trials: number;
  /** Schedules of one trial at most. */
  readonly cap: number;
  readonly seed: string;
  /** Trials under way at the same time. */
  readonly lanes: number;
  /** Told of every trial that is over. */
  readonly made: (outcome: Outcome) => void;
}

/** The seed of a trial: scenario, subject and strategy are mixed in where schedules are drawn. */
export function trialSeed(seed: string, trial: number): string {
  return `${seed}-${String(trial)}`;
}

/** Programs × contestants × trials. */
export class Contest {
  readonly #options: ContestOptions;
  readonly #waiting: { readonly cell: Cell; readonly contestant: Contestant; readonly trial: number }[] = [];
  readonly cells: readonly Cell[];
  #next = 0;
  #stopped = false;

  constructor(options: ContestOptions) {
    this.#options = options;
    const pairs = options.targets.flatMap((target) =>
      options.contestants
        .filter((contestant) => contestant.canRun(target))
        .map((contestant) => ({
          contestant,
          cell: { target, contestant: contestant.name, outcomes: new Map<number, Outcome>() },
        })),
    );
    this.cells = pairs.map(({ cell }) => cell);
    // First trials of all first: whoever stops it early has a table with fewer trials, and the rate tells what is left.
    for (let trial = 0; trial < options.trials; trial += 1) {
      for (const pair of pairs) {
        if (trial === 0 || !pair.contestant.repeats(pair.cell.target)) this.#waiting.push({ ...pair, trial });
      }
    }
  }

  get plannedTrials(): number {
    return this.#waiting.length;
  }

  /** Begins no further trial; what the threads have under way may fail from now on. */
  stop(): void {
    this.#stopped = true;
    this.#next = this.#waiting.length;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.lanes }, () => this.#lane()));
  }

  async #lane(): Promise<void> {
    const { seed, cap, made } = this.#options;
    while (this.#next < this.#waiting.length) {
      const { cell, contestant, trial } = this.#waiting[this.#next]!;
      this.#next += 1;
      const outcome = await this.#outcome(contestant, cell.target, trialSeed(seed, trial), cap);
      if (outcome === null) continue;
      cell.outcomes.set(trial, outcome);
      made(outcome);
    }
  }

  /** Null when it was stopped. What a trial throws is told, and ends that trial only: the others took their time. */
  async #outcome(contestant: Contestant, target: Target, seed: string, cap: number): Promise<Outcome | null> {
    try {
      return await contestant.trial(target, seed, cap);
    } catch (error) {
      if (this.#stopped) return null;
      return { kind: 'other', schedules: 0, what: String(error).split('\n')[0]! };
    }
  }
}
