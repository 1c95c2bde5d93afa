import type { PendingEvent } from '../kernel/event.ts';
import type { Recorder } from '../kernel/choice.ts';
import { withWorldListeners } from '../intercept/host.ts';
import { createEscapeHook } from '../intercept/escapes.ts';
import { real } from '../intercept/originals.ts';
import { assertInstalled } from '../intercept/install.ts';
import { randomStreams } from '../schedule/random.ts';
import { strategyNamed } from '../schedule/strategies.ts';
import type { RunFacts, StrategyChooser } from '../schedule/strategy.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { workloads, type Campaign } from './campaign.ts';
import { addExercise } from './exercise.ts';
import { execute, type RunOutcome, type RunPlan } from './execute.ts';
import { isWritable } from './workload-text.ts';
import { isFailure, type Verdict } from './verdict.ts';

/** A stretch of run indices of one campaign: what one thread does at a time. */
export interface Chunk {
  readonly campaign: Campaign;
  readonly from: number;
  readonly to: number;
  /** What the strategy has learnt from the rounds before. */
  readonly knowledge: unknown;
  /** Indices whose turns are kept for comparison with a later re-run. */
  readonly samples: readonly number[];
}

/** A run that failed, with all that is needed to repeat it. */
export interface FailedRun {
  readonly index: number;
  readonly verdict: Verdict;
  readonly workload: unknown;
  readonly picks: readonly number[];
  readonly delays: boolean;
  readonly hash: string;
  /** It made no turn within its limit: only its seed and index are known. */
  readonly hung?: boolean;
  /** Its workload holds a function, or the like, and cannot be written down: only its seed and index are known. */
  readonly unwritable?: boolean;
}

export interface ChunkResult {
  readonly from: number;
  /** Hash of each run, in index order, up to the chunk's end or its first failure. */
  readonly hashes: readonly string[];
  /** What the strategy may learn of each run. */
  readonly facts: readonly RunFacts[];
  readonly turns: number;
  readonly reached: readonly string[];
  /** What the runs have put to the test. */
  readonly exercise: readonly string[];
  readonly failure: FailedRun | null;
  readonly samples: readonly Sample[];
  readonly tainted: boolean;
}

/** The turns of one run, one line each. */
export interface Sample {
  readonly index: number;
  readonly turns: readonly string[];
}

/** Real ms after which a thread goes back to its real event loop between two runs. */
const BATCH_MS = 20;

/** Where a thread tells its watchdog how far it is: run index, turn, runs begun. */
export interface Progress {
  readonly cells: Int32Array | null;
}

/** The plans of a campaign's runs by index and by what the strategy knows: everything in them follows from the seed. */
export function plans(
  scenario: Scenario,
  campaign: Campaign,
): (index: number, knowledge: unknown) => RunPlan & { readonly chooser: StrategyChooser } {
  const { seed, subject } = campaign;
  const strategy = strategyNamed(campaign.strategy);
  const streams = randomStreams('schedule', seed, scenario.name, subject, strategy.name);
  const work = workloads(scenario, seed);
  const { every, shares = 'anything' } = scenario;
  return (index, knowledge) => {
    const chooser = strategy.chooser({ index, random: streams(index), knowledge, shares });
    const workload =
      chooser.workload !== undefined && every !== undefined ? every[chooser.workload(every.length)] : work(index).value;
    // A search that claims to have seen every schedule makes its own choices to the end.
    return { scenario, subject, workload, chooser, searching: strategy.extent === undefined };
  };
}

/** Runs `step` again and again at macrotask level until it returns false, yielding to the real loop now and then. */
export function inBatches(step: () => boolean): Promise<void> {
  const escapes = createEscapeHook();
  assertInstalled();
  return new Promise((resolve, reject) => {
    const batch = (): void => {
      try {
        const more = withWorldListeners(() => {
          escapes.enable();
          try {
            const since = real.now();
            let again = step();
            while (again && real.now() - since < BATCH_MS) again = step();
            return again;
          } finally {
            escapes.disable();
          }
        });
        if (more) real.setImmediate(batch);
        else resolve();
      } catch (error) {
        reject(error);
      }
    };
    real.setImmediate(batch);
  });
}

/** Keeps one line a turn. */
export class TurnLines implements Recorder {
  readonly lines: string[] = [];

  choice(): void {
    // Choices show in the turns that they lead to.
  }

  turn(turn: number, now: number, event: PendingEvent): void {
    this.lines.push(`turn ${String(turn)} at ${String(now)} ms: ${event.task.name}/${event.describe()}`);
  }
}

/** Executes the runs of a chunk in order, up to its first failure. */
export async function explore(scenario: Scenario, chunk: Chunk, progress: Progress): Promise<ChunkResult> {
  const { campaign, from, to, knowledge } = chunk;
  const hashes: string[] = [];
  const facts: RunFacts[] = [];
  const reached = new Set<string>();
  const marks = new Set<string>();
  const samples: Sample[] = [];
  let turns = 0;
  let failure: FailedRun | null = null;
  let tainted = false;
  let index = from;
  const { cells } = progress;
  const planOf = plans(scenario, campaign);

  await inBatches(() => {
    if (index >= to || failure !== null) return false;
    if (cells !== null) begin(cells, index);
    const plan = planOf(index, knowledge);
    const lines = chunk.samples.includes(index) ? new TurnLines() : null;
    const outcome = execute(
      lines === null ? { ...plan, progress: cells } : { ...plan, progress: cells, recorder: lines },
    );
    hashes.push(outcome.hash);
    facts.push(factsOf(index, plan.chooser, outcome));
    turns += outcome.turns;
    tainted ||= outcome.tainted;
    for (const name of outcome.reached) reached.add(name);
    addExercise(marks, plan.workload, outcome);
    if (lines !== null) samples.push({ index, turns: lines.lines });
    if (isFailure(outcome.verdict)) failure = failedRun(index, plan.workload, outcome);
    index += 1;
    return true;
  });
  if (cells !== null) begin(cells, -1);
  return { from, hashes, facts, turns, reached: [...reached], exercise: [...marks], failure, samples, tainted };
}

function factsOf(index: number, chooser: StrategyChooser, { picks }: RunOutcome): RunFacts {
  const steps = picks.length;
  return chooser.report === undefined ? { index, steps } : { index, steps, report: chooser.report() };
}

/** Marks the beginning of a run for the watchdog; -1 means that none is under way. */
export function begin(cells: Int32Array, index: number): void {
  cells[0] = index;
  cells[1] = 0;
  cells[2] = (cells[2]! + 1) | 0;
}

export function failedRun(index: number, workload: unknown, outcome: RunOutcome): FailedRun {
  const { verdict, picks, delays, hash } = outcome;
  const failed = { index, verdict, workload, picks: [...picks], delays, hash };
  return isWritable(workload) ? failed : { ...failed, workload: null, unwritable: true };
}
