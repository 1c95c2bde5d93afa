import { sep } from 'node:path';
import { encodeToken } from '../check/token.ts';
import { recipeOf } from '../check/counterexample.ts';
import type { CampaignResult } from '../check/hunt.ts';
import type { Expectation } from '../scenario/scenario.ts';
import { VERSION } from '../check/version.ts';
import { isFailure, type Verdict } from '../check/verdict.ts';
import type { SkippedScenario } from './skipped.ts';

/** A counterexample in the run document. */
export interface CounterexampleEntry {
  readonly file: string;
  /** Null where the counterexample could not be shrunk: replay it by seed and run. */
  readonly token: string | null;
  readonly seed: string;
  readonly operations: number | null;
  readonly tasks: number | null;
  readonly choices: number | null;
  readonly taskSwitches: number | null;
  readonly faults: number | null;
  readonly before: { readonly operations: number; readonly choices: number; readonly taskSwitches: number } | null;
  readonly shrinkRuns: number | null;
  readonly shrinkMs: number | null;
}

/** What `heddle run --json` writes; its schema is schema/run.json. */
export interface RunDocument {
  readonly heddle: string;
  readonly command: 'run';
  readonly seed: string;
  readonly node: string;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly results: readonly {
    readonly scenario: string;
    readonly ids: readonly string[];
    readonly subject: string;
    readonly expect: Expectation;
    readonly verdict: Verdict;
    /** The completed line of the specimen on which the counterexample rests; null where it rests on none. */
    readonly restsOn: string | null;
    readonly asExpected: boolean;
    /** What makes it doubtful that the runs, none of which failed, have shown anything. */
    readonly warnings: readonly string[];
    readonly runs: number;
    /** For how many schedules the runs stand at least, in decimal digits; null where each stands for itself only. */
    readonly standsFor: string | null;
    readonly turns: number;
    readonly elapsedMs: number;
    readonly firstFailingRun: number | null;
    readonly traceHash: string;
    readonly counterexample: CounterexampleEntry | null;
  }[];
  /** Scenarios that were selected and not run, because something that they require is not there. */
  readonly skipped: readonly SkippedScenario[];
  readonly errors: readonly { readonly file: string; readonly message: string }[];
  readonly summary: Summary;
}

/** How many results stand how. */
export interface Summary {
  readonly held: number;
  readonly caught: number;
  readonly judged: number;
  readonly unexpected: number;
  readonly inconclusive: number;
}

export function summarise(results: readonly CampaignResult[]): Summary {
  const count = (...standings: CampaignResult['standing'][]): number =>
    results.filter(({ standing }) => standings.includes(standing)).length;
  return {
    held: count('held'),
    caught: count('caught'),
    judged: count('judged'),
    unexpected: count('unexpected', 'broken'),
    inconclusive: count('inconclusive'),
  };
}

export interface RunReport {
  readonly seed: string;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly results: readonly CampaignResult[];
  readonly skipped: readonly SkippedScenario[];
  readonly errors: readonly { readonly file: string; readonly message: string }[];
}

export function runDocument(report: RunReport): RunDocument {
  const { seed, elapsedMs, interrupted, results, skipped, errors } = report;
  return {
    heddle: VERSION,
    command: 'run',
    seed,
    node: process.version,
    elapsedMs,
    interrupted,
    results: results.map((result) => ({
      scenario: result.campaign.scenario,
      ids: result.target.info.ids,
      subject: result.campaign.subject,
      expect: result.target.subject.expect,
      verdict: result.verdict,
      restsOn: isFailure(result.verdict) ? (result.target.subject.restsOn ?? null) : null,
      asExpected: ['held', 'caught', 'judged'].includes(result.standing),
      warnings: result.doubts,
      runs: result.runs,
      standsFor: result.standsFor,
      turns: result.turns,
      elapsedMs: result.elapsedMs,
      firstFailingRun: result.firstFailingRun,
      traceHash: result.traceHash,
      counterexample: entryOf(result),
    })),
    skipped,
    errors,
    summary: summarise(results),
  };
}

function entryOf({ counterexample, campaign }: CampaignResult): CounterexampleEntry | null {
  if (counterexample === null) return null;
  const { path, value } = counterexample;
  const recipe = recipeOf(value);
  const { shrunk } = value;
  return {
    file: path.split(sep).join('/'),
    token: recipe === null ? null : encodeToken(recipe),
    seed: campaign.seed,
    operations: shrunk?.operations ?? null,
    tasks: shrunk?.tasks ?? null,
    choices: shrunk?.choices ?? null,
    taskSwitches: shrunk?.taskSwitches ?? null,
    faults: shrunk?.faults ?? null,
    before: shrunk?.before ?? null,
    shrinkRuns: shrunk?.shrinkRuns ?? null,
    shrinkMs: shrunk?.shrinkMs ?? null,
  };
}
