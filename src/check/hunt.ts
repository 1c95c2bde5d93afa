import { strategyFor, type Campaign } from './campaign.ts';
import { counterexamplePath, writeCounterexample, type Counterexample, type Shrunk } from './counterexample.ts';
import { exploreCampaign, type Explored } from './exploration.ts';
import { doubts } from './exercise.ts';
import type { FailedRun } from './explore.ts';
import { heldIn } from './held-in.ts';
import type { ScenarioInfo } from './load.ts';
import { HangError } from './thread.ts';
import type { TraceTurn } from './trace.ts';
import type { Requirements } from './requirements.ts';
import type { Threads } from './threads.ts';
import { HOLDS, standing, type Standing, type Verdict } from './verdict.ts';

/** One subject of one scenario, with what is expected of it. */
export interface Target {
  readonly info: ScenarioInfo;
  readonly subject: ScenarioInfo['subjects'][number];
}

/** How much to run: so many runs of each campaign (or the scenario's own number), or so many real ms in all. */
export type Budget =
  { readonly kind: 'runs'; readonly runs: number | null } | { readonly kind: 'time'; readonly ms: number };

export interface HuntOptions {
  readonly targets: readonly Target[];
  readonly threads: Threads;
  /** Without it, scenarios that require something are skipped. */
  readonly requirements?: Requirements;
  readonly seed: string;
  /** Undefined: what suits each scenario. */
  readonly strategy: string | undefined;
  readonly budget: Budget;
  /** Folder for counterexamples. */
  readonly out: string;
}

/** What a hunt tells while it goes on. */
export interface HuntListener {
  made(runs: number): void;
  finished(result: CampaignResult): void;
  skipped?(target: SkippedTarget): void;
}

/** A subject that was not hunted, because something that its scenario requires is not there. */
export interface SkippedTarget {
  readonly target: Target;
  readonly reason: string;
}

/** A counterexample where it lies, with its trace where it could be replayed. */
export interface FoundCounterexample {
  readonly path: string;
  readonly value: Counterexample;
  readonly turns: readonly TraceTurn[] | null;
}

/** What came of one campaign. */
export interface CampaignResult {
  readonly target: Target;
  readonly campaign: Campaign;
  readonly verdict: Verdict;
  readonly standing: Standing;
  /** What makes it doubtful that the runs, none of which failed, have shown anything. */
  readonly doubts: readonly string[];
  readonly runs: number;
  /** For how many schedules these runs stand, in decimal digits, where equivalent ones were left out: at least. */
  readonly standsFor: string | null;
  readonly turns: number;
  readonly elapsedMs: number;
  readonly firstFailingRun: number | null;
  readonly traceHash: string;
  readonly counterexample: FoundCounterexample | null;
}

/** Rounds that are made however little time there is: 18 runs. */
const FIRST_ROUNDS = 12;

/** No end in sight: a campaign under `--time` is bounded by its clock. */
const UNBOUNDED_RUNS = 10_000_000;

/** Runs every campaign, writes down what is found, shrinks it, and repeats a sample of the runs in fresh threads. */
export class Hunt {
  readonly #options: HuntOptions;
  readonly #results = new Map<Target, CampaignResult>();
  readonly #samples: { result: CampaignResult; explored: Explored }[] = [];
  /** Failing runs that have been written down, the lowest of each campaign. */
  readonly #found = new Map<Target, FailedRun>();
  readonly #skipped: SkippedTarget[] = [];
  #interrupted = false;
  #listener: HuntListener | null = null;

  constructor(options: HuntOptions) {
    this.#options = options;
  }

  /** Ends the hunt soon; campaigns that were under way are reported with what they had found, or as inconclusive. */
  async interrupt(): Promise<void> {
    this.#interrupted = true;
    await Promise.all([this.#options.threads.end(), this.#options.requirements?.release()]);
  }

  /** What was left out. */
  get skipped(): readonly SkippedTarget[] {
    return this.#skipped;
  }

  get targets(): readonly Target[] {
    return this.#options.targets;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** How many runs there will be at most; null under a time budget. */
  get plannedRuns(): number | null {
    const { budget, targets } = this.#options;
    if (budget.kind === 'time') return null;
    return targets.reduce((sum, { info }) => sum + (budget.runs ?? info.runs), 0);
  }

  async run(listener: HuntListener): Promise<CampaignResult[]> {
    this.#listener = listener;
    const { targets, threads } = this.#options;
    const needy = targets.filter(({ info }) => info.requires.length > 0);
    const waiting = [...targets.filter((target) => !needy.includes(target)), ...needy];
    const lanes = Array.from({ length: Math.min(threads.size, targets.length) }, async () => {
      for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
        const reason = await this.#lacking(target);
        if (reason === null) await this.#one(target);
        else this.#skip(target, reason);
        // What the others require takes its time to be there, and must not delay the first findings.
        for (const { info } of needy) for (const each of info.requires) void this.#options.requirements?.begin(each);
      }
    });
    await Promise.all(lanes);
    try {
      if (!this.#interrupted) await this.#audit();
    } catch (error) {
      // The results stand, as far as they were compared.
      if (!this.#interrupted) throw error;
    }
    return targets.flatMap((target) => this.#results.get(target) ?? []);
  }

  async #lacking({ info }: Target): Promise<string | null> {
    const { requirements } = this.#options;
    if (info.requires.length === 0 || this.#interrupted) return null;
    if (requirements === undefined) return `${info.requires.map(({ name }) => name).join(', ')} is not provided here`;
    const reason = await requirements.lacking(info.requires);
    // Who interrupts takes it away: that is no reason.
    return this.interrupted ? null : reason;
  }

  #skip(target: Target, reason: string): void {
    this.#skipped.push({ target, reason });
    this.#listener?.skipped?.({ target, reason });
  }

  async #one(target: Target): Promise<void> {
    const began = performance.now();
    const campaign = this.#campaignOf(target);
    try {
      const explored = await this.#explore(target, campaign, began);
      const result = await this.#judge(target, campaign, explored, began);
      this.#finish(result);
      if (explored.samples.length > 0 && result.verdict.kind !== 'divergence') this.#samples.push({ result, explored });
    } catch (error) {
      if (!this.#interrupted) throw error;
      this.#finish(this.#unfinished(target, campaign, began));
    }
  }

  #finish(result: CampaignResult): void {
    this.#results.set(result.target, result);
    this.#listener?.finished(result);
  }

  #campaignOf({ info, subject }: Target): Campaign {
    const { seed, strategy, budget } = this.#options;
    const runs = budget.kind === 'time' ? UNBOUNDED_RUNS : (budget.runs ?? info.runs);
    return { scenario: info.name, subject: subject.name, seed, strategy: strategyFor(info, strategy), runs };
  }

  #explore(target: Target, campaign: Campaign, began: number): Promise<Explored> {
    const { threads, budget, targets, out } = this.#options;
    const share =
      budget.kind === 'time' ? (budget.ms * threads.size) / Math.max(targets.length, threads.size) : Infinity;
    return exploreCampaign(campaign, {
      threads,
      file: target.info.file,
      isolated: target.info.isolation === 'worker',
      again: (round) => !this.#interrupted && (round < FIRST_ROUNDS || performance.now() - began < share),
      made: (runs) => {
        this.#listener?.made(runs);
      },
      failed: async (found) => {
        await writeCounterexample(out, { campaign, file: target.info.file, found, shrunk: null });
        this.#found.set(target, found);
      },
    });
  }

  async #judge(target: Target, campaign: Campaign, explored: Explored, began: number): Promise<CampaignResult> {
    const { failure } = explored;
    let verdict: Verdict = failure?.verdict ?? HOLDS;
    let counterexample: CampaignResult['counterexample'] = null;
    if (failure !== null) {
      const shrunk =
        failure.hung === true || failure.unwritable === true ? null : await this.#shrink(target, campaign, failure);
      if (shrunk === 'diverged') verdict = diverged(failure);
      else if (shrunk !== null) verdict = shrunk.verdict;
      const value: Counterexample = {
        campaign,
        file: target.info.file,
        found: failure,
        shrunk: shrunk === 'diverged' ? null : shrunk,
      };
      const path = await writeCounterexample(this.#options.out, value);
      counterexample = { path, value, turns: await this.#trace(target, value) };
    } else {
      const missing = target.info.sometimes.filter((name) => !explored.reached.has(name));
      if (this.#interrupted && !explored.complete) verdict = interruptedAfter(explored.runs);
      else if (missing.length > 0) verdict = neverReached(missing, explored.runs);
      else verdict = heldIn(explored);
    }
    return {
      target,
      campaign,
      verdict,
      standing: standing(target.subject.expect, target.subject.invariant, verdict),
      doubts: failure === null && explored.complete ? doubts(explored.exercise, explored.runs) : [],
      runs: explored.runs,
      standsFor: failure === null ? (explored.covered?.standsFor ?? null) : null,
      turns: explored.turns,
      elapsedMs: Math.round(performance.now() - began),
      firstFailingRun: failure?.index ?? null,
      traceHash: explored.traceHash,
      counterexample,
    };
  }

  /** Null where runs are isolated, or shrinking was interrupted, or hung: a smaller workload loops without end. */
  async #shrink(target: Target, campaign: Campaign, found: FailedRun): Promise<Shrunk | 'diverged' | null> {
    const { threads } = this.#options;
    // Candidates run one after another in one thread: what leaks from run to run would decide which of them fail.
    if (target.info.isolation === 'worker') return null;
    try {
      const keep = (): boolean => found.verdict.kind !== 'escape';
      const shrunk = await threads.do('shrink', { file: target.info.file, campaign, found }, { keep });
      return shrunk ?? 'diverged';
    } catch (error) {
      if (error instanceof HangError || this.#interrupted) return null;
      throw error;
    }
  }

  /** The turns of the shrunk run, for people; null where it was not shrunk. */
  async #trace(target: Target, { campaign, shrunk }: Counterexample): Promise<readonly TraceTurn[] | null> {
    if (shrunk === null) return null;
    const { workload, schedule } = shrunk;
    const { scenario, subject } = campaign;
    const ask = { file: target.info.file, scenario, subject, workload, schedule };
    const keep = (): boolean => shrunk.verdict.kind !== 'escape';
    return (await this.#options.threads.do('replay', ask, { keep })).turns;
  }

  /** A campaign that was interrupted within a round: its runs do not count, what it has found does. */
  #unfinished(target: Target, campaign: Campaign, began: number): CampaignResult {
    const found = this.#found.get(target);
    const verdict = found?.verdict ?? interruptedAfter(0);
    const value = found === undefined ? null : { campaign, file: target.info.file, found, shrunk: null };
    return {
      target,
      campaign,
      verdict,
      standing: standing(target.subject.expect, target.subject.invariant, verdict),
      doubts: [],
      runs: 0,
      standsFor: null,
      turns: 0,
      elapsedMs: Math.round(performance.now() - began),
      firstFailingRun: found?.index ?? null,
      traceHash: '',
      counterexample:
        value === null ? null : { path: counterexamplePath(this.#options.out, campaign), value, turns: null },
    };
  }

  /** Repeats sampled runs in fresh threads, in another order: what leaks from run to run shows then. */
  async #audit(): Promise<void> {
    const { threads } = this.#options;
    const waiting = this.#samples.reverse();
    const lanes = Array.from({ length: threads.size }, async (_, lane) => {
      const mine = waiting.filter((_sample, i) => i % threads.size === lane);
      let fresh = true;
      for (const { result, explored } of mine) {
        await this.#auditOne(result, explored, fresh);
        fresh = result.target.info.isolation === 'worker';
      }
    });
    await Promise.all(lanes);
  }

  async #auditOne(result: CampaignResult, explored: Explored, fresh: boolean): Promise<void> {
    const { target, campaign } = result;
    const samples = explored.samples.filter(({ index }) => index < explored.runs).reverse();
    const tainting = result.verdict.kind === 'escape';
    const isolated = target.info.isolation === 'worker';
    const { file } = target.info;
    let divergence: string | null = null;
    for (const part of isolated ? samples.map((sample) => [sample]) : [samples]) {
      const ask = { file, campaign, samples: part };
      divergence ??= await this.#options.threads.do('audit', ask, { fresh: fresh || isolated, keep: () => !tainting });
    }
    if (divergence === null) return;
    const verdict: Verdict = { kind: 'divergence', invariant: 'noDivergence', message: divergence };
    const { expect, invariant } = target.subject;
    this.#results.set(target, { ...result, verdict, standing: standing(expect, invariant, verdict) });
  }
}

function diverged(failure: FailedRun): Verdict {
  const what = failure.verdict.invariant ?? failure.verdict.kind;
  const message = `run ${String(failure.index)} failed ${what}, but not when it was repeated: something in it is not under control`;
  return { kind: 'divergence', invariant: 'noDivergence', message };
}

function interruptedAfter(runs: number): Verdict {
  return { kind: 'limit', invariant: 'limit', message: `interrupted after ${String(runs)} runs` };
}

function neverReached(names: readonly string[], runs: number): Verdict {
  const message = `${names.join(', ')} never happened in ${String(runs)} runs: the scenario does not reach what it is about`;
  return { kind: 'limit', invariant: names[0]!, message };
}
