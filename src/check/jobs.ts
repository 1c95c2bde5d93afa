import { isWritable, workloadText } from './workload-text.ts';
import type { Deviation } from '../schedule/deviation.ts';
import { deviationsOf } from '../schedule/deviation.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { workloads, type Campaign } from './campaign.ts';
import type { Shrunk, Size } from './counterexample.ts';
import { briefPatience } from './brief-patience.ts';
import { execute } from './execute.ts';
import { explain } from './explain.ts';
import { begin, inBatches, plans, TurnLines, type FailedRun, type Progress, type Sample } from './explore.ts';
import { shrink } from './shrink.ts';
import { TraceRecorder, type TraceTurn } from './trace.ts';
import { Trials } from './trial.ts';
import { sameFailure, type Verdict } from './verdict.ts';
import { FollowChooser } from '../schedule/follow.ts';
import { real } from '../intercept/originals.ts';

/** Runs a generator of single runs to its end, yielding to the real event loop between them. */
async function stepwise<T>(steps: Generator<void, T>, progress: Progress): Promise<T> {
  const done: T[] = [];
  if (progress.cells !== null) begin(progress.cells, 0);
  await inBatches(() => {
    const step = steps.next();
    if (step.done === true) done.push(step.value);
    return step.done !== true;
  });
  if (progress.cells !== null) begin(progress.cells, -1);
  return done[0]!;
}

/** Shrinks and explains a failed run. Null when it does not fail again: the run is not reproducible. */
export function shrinkJob(
  scenario: Scenario,
  campaign: Campaign,
  found: FailedRun,
  progress: Progress,
): Promise<Shrunk | null> {
  return stepwise(shrinkSteps(scenario, campaign, found, progress), progress);
}

function* shrinkSteps(
  scenario: Scenario,
  campaign: Campaign,
  found: FailedRun,
  progress: Progress,
): Generator<void, Shrunk | null> {
  const began = real.now();
  const trials = new Trials(scenario, campaign.subject, progress.cells);
  const repeated = trials.repeat(found.workload, found.picks, found.delays);
  yield;
  if (!sameFailure(repeated.outcome.verdict, found.verdict)) return null;
  const origin = workloads(scenario, campaign.seed)(found.index);
  // The scenario may have changed since: then its contexts belong to another workload.
  const same = workloadText(origin.value) === workloadText(found.workload);
  const start = {
    // The generated value itself: what travelled between threads is a copy, which constants do not recognise.
    workload: same ? origin.value : found.workload,
    schedule: deviationsOf(repeated.choices),
    verdict: found.verdict,
    context: same ? origin.generated.context : undefined,
  };
  const patience = yield* briefPatience(trials, found);
  trials.patience = patience;
  let failing = yield* shrink(trials, start);
  const shrinkRuns = trials.count;
  const shrinkMs = Math.round(real.now() - began);
  trials.patience = undefined;
  let last = trials.follow(failing.workload, failing.schedule);
  yield;
  if (!sameFailure(last.outcome.verdict, found.verdict)) {
    // Judged with all patience, what is smaller fails in another way.
    failing = { workload: start.workload, schedule: start.schedule };
    last = trials.follow(failing.workload, failing.schedule);
    yield;
  }
  trials.patience = patience;
  const explanation = yield* explain(trials, failing, found.verdict);
  const { outcome } = last;
  return {
    ...failing,
    verdict: outcome.verdict,
    hash: outcome.hash,
    ...sizeOf(last.outcome, failing.schedule),
    tasks: new Set(outcome.operations.map(({ task }) => task)).size,
    faults: failing.schedule.filter(({ kind }) => kind === 'fault').length,
    before: sizeOf(repeated.outcome, deviationsOf(repeated.choices)),
    shrinkRuns,
    shrinkMs,
    explanation,
  };
}

function sizeOf(
  outcome: { operations: readonly unknown[]; taskSwitches: number },
  schedule: readonly Deviation[],
): Size {
  return { operations: outcome.operations.length, choices: schedule.length, taskSwitches: outcome.taskSwitches };
}

/** What a replay showed. */
export interface Replayed {
  readonly verdict: Verdict;
  readonly hash: string;
  readonly turns: readonly TraceTurn[];
  /** Choices of the schedule that found no place: the code has changed since. */
  readonly drift: number;
  readonly workload: unknown;
  readonly operations: number;
  readonly taskSwitches: number;
}

/** Replays a schedule, recording it for people. */
export async function replayJob(
  scenario: Scenario,
  subject: string,
  workload: unknown,
  schedule: readonly Deviation[],
  progress: Progress,
): Promise<Replayed> {
  const chooser = new FollowChooser(schedule);
  const run = await traced(scenario, subject, workload, chooser, progress);
  return { ...run, drift: chooser.drift };
}

/** Repeats run `index` of a campaign, recording it for people. */
export async function rerunJob(
  scenario: Scenario,
  campaign: Campaign,
  index: number,
  knowledge: unknown,
  progress: Progress,
): Promise<Replayed> {
  const { subject, workload, chooser } = plans(scenario, campaign)(index, knowledge);
  return traced(scenario, subject, workload, chooser, progress);
}

async function traced(
  scenario: Scenario,
  subject: string,
  workload: unknown,
  chooser: Parameters<typeof execute>[0]['chooser'],
  progress: Progress,
): Promise<Replayed> {
  const recorder = new TraceRecorder();
  const onNote = (note: Parameters<TraceRecorder['note']>[0]): void => {
    recorder.note(note);
  };
  let replayed: Replayed | null = null;
  if (progress.cells !== null) begin(progress.cells, 0);
  await inBatches(() => {
    const outcome = execute({
      scenario,
      subject,
      workload,
      chooser,
      recorder,
      onNote,
      keys: true,
      stacks: true,
      progress: progress.cells,
    });
    const { verdict, hash, operations, taskSwitches } = outcome;
    replayed = {
      verdict,
      hash,
      turns: recorder.turns,
      drift: 0,
      workload: isWritable(workload) ? workload : null,
      operations: operations.length,
      taskSwitches,
    };
    return false;
  });
  if (progress.cells !== null) begin(progress.cells, -1);
  return replayed!;
}

/** Repeats sampled runs and says where the first differs from what was kept of it. */
export async function auditJob(
  scenario: Scenario,
  campaign: Campaign,
  samples: readonly (Sample & { readonly knowledge: unknown })[],
  progress: Progress,
): Promise<string | null> {
  const planOf = plans(scenario, campaign);
  let divergence: string | null = null;
  let at = 0;
  await inBatches(() => {
    const sample = samples[at];
    if (sample === undefined || divergence !== null) return false;
    at += 1;
    if (progress.cells !== null) begin(progress.cells, sample.index);
    const lines = new TurnLines();
    execute({
      ...planOf(sample.index, sample.knowledge),
      recorder: lines,
      progress: progress.cells,
    });
    divergence = firstDifference(sample, lines.lines);
    return true;
  });
  if (progress.cells !== null) begin(progress.cells, -1);
  return divergence;
}

function firstDifference({ index, turns }: Sample, again: readonly string[]): string | null {
  const length = Math.max(turns.length, again.length);
  for (let i = 0; i < length; i += 1) {
    if (turns[i] === again[i]) continue;
    return `run ${String(index)} differs when repeated in a fresh worker: first "${turns[i] ?? 'the end'}", then "${again[i] ?? 'the end'}"`;
  }
  return null;
}
