import type { Choice, Chooser } from '../kernel/choice.ts';
import { FollowChooser } from '../schedule/follow.ts';
import { PicksChooser } from '../schedule/replay-picks.ts';
import type { Deviation } from '../schedule/deviation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { execute, type RunOutcome } from './execute.ts';
import type { Patience } from './patience.ts';

/** A run with its choices spelled out. */
export interface TriedRun {
  readonly outcome: RunOutcome;
  readonly choices: readonly Choice[];
  /** Deviations that found no place to apply. */
  readonly drift: number;
}

/** What may be spent on one counterexample; one that needs more is reported as far as it got. */
const RUNS_MAX = 12_000;
/** The same where runs go to a server that is really there, which takes about fifty times as long. */
const SERVED_RUNS_MAX = 1_200;
const TURNS_MAX = 400_000;

/** Executes runs of one subject with its choices recorded; counts them. */
export class Trials {
  readonly scenario: Scenario;
  readonly subject: string;
  readonly #progress: Int32Array | null;
  readonly #most: number;
  count = 0;
  /** How long runs are waited for; undefined: as long as it takes to tell livelock from slowness for good. */
  patience: Patience | undefined = undefined;
  #turns = 0;

  constructor(scenario: Scenario, subject: string, progress: Int32Array | null) {
    this.scenario = scenario;
    this.subject = subject;
    this.#progress = progress;
    this.#most = (scenario.requires ?? []).length > 0 ? SERVED_RUNS_MAX : RUNS_MAX;
  }

  /** Whether the runs that one counterexample is worth have been used up: nothing more is searched for. */
  isSpent(): boolean {
    return this.count >= this.#most || this.#turns >= TURNS_MAX;
  }

  /** Whether even the reserve is used up, from which what has been found is made minimal. */
  isReserveSpent(): boolean {
    return this.count >= 2 * this.#most || this.#turns >= 2 * TURNS_MAX;
  }

  follow(workload: unknown, schedule: readonly Deviation[]): TriedRun {
    const chooser = new FollowChooser(schedule);
    const run = this.with(workload, chooser);
    return { ...run, drift: chooser.drift };
  }

  repeat(workload: unknown, picks: readonly number[], delays: boolean): TriedRun {
    return this.with(workload, new PicksChooser(picks, delays));
  }

  /** A run with a strategy's chooser. */
  search(workload: unknown, chooser: Chooser): TriedRun {
    return this.with(workload, chooser, true);
  }

  with(workload: unknown, chooser: Chooser, searching: boolean = false): TriedRun {
    this.count += 1;
    const choices: Choice[] = [];
    const recorder = { choice: (choice: Choice) => choices.push(choice), turn: () => undefined };
    const { scenario, subject, patience } = this;
    if (this.#progress !== null) this.#progress[2] = (this.#progress[2]! + 1) | 0;
    const progress = this.#progress;
    const plan = { scenario, subject, workload, chooser, recorder, keys: true, progress, searching };
    const outcome = execute(patience === undefined ? plan : { ...plan, patience });
    this.#turns += outcome.turnsMade;
    return { outcome, choices, drift: 0 };
  }
}
