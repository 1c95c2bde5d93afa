import { existsSync } from 'node:fs';
import { readCounterexample, recipeOf } from '../check/counterexample.ts';
import { knowledgeAt } from '../check/exploration.ts';
import type { Replayed } from '../check/jobs.ts';
import { prepareStrategy, type ScenarioInfo } from '../check/load.ts';
import { Requirements } from '../check/requirements.ts';
import { HangError } from '../check/thread.ts';
import { strategyFor } from '../check/campaign.ts';
import { Threads } from '../check/threads.ts';
import { decodeToken, encodeToken, type ReplayRecipe } from '../check/token.ts';
import { isFailure, sameFailure, verdictName, type Verdict } from '../check/verdict.ts';
import { VERSION } from '../check/version.ts';
import { HeddleError } from '../kernel/errors.ts';
import { findingText } from '../report/finding-text.ts';
import { readCatalog } from './catalog.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { writeJson } from './write-json.ts';

export interface ReplayCommand {
  /** A token, a counterexample file, or `scenario@subject`. */
  readonly what: string;
  readonly seed: string | undefined;
  readonly run: number | undefined;
  readonly strategy: string | undefined;
  readonly workers: number;
  readonly trace: boolean;
  readonly json: string | undefined;
}

/** What is to be replayed. */
type Source =
  | { readonly kind: 'recipe'; readonly recipe: ReplayRecipe }
  | {
      readonly kind: 'run';
      readonly scenario: string;
      readonly subject: string;
      readonly seed: string;
      readonly index: number;
      readonly strategy: string | undefined;
    };

/** `heddle replay`: 0 when it failed again in the same way with the same trace, or held as it did; 1 when not. */
export async function replay(command: ReplayCommand, terminal: Terminal): Promise<number> {
  const source = await sourceOf(command);
  const threads = new Threads(command.workers);
  const requirements = new Requirements(threads, process.env);
  try {
    const { scenarios } = await readCatalog(threads);
    const info = infoOf(source, scenarios);
    const lacking = await requirements.lacking(info.requires);
    if (lacking !== null) {
      terminal.line(`${info.name} cannot be run here: ${lacking}`);
      return EXIT_CODES.inconclusive;
    }
    const replayed = await perform(source, info, threads);
    return await report(command, source, replayed, terminal);
  } finally {
    await Promise.all([threads.end(), requirements.release()]);
  }
}

async function sourceOf(command: ReplayCommand): Promise<Source> {
  const { what, seed, run, strategy } = command;
  if (existsSync(what) || what.endsWith('.json')) {
    const counterexample = await readCounterexample(what);
    const recipe = recipeOf(counterexample);
    if (recipe !== null) return { kind: 'recipe', recipe };
    const { campaign, found } = counterexample;
    return { kind: 'run', ...campaign, index: found.index };
  }
  const target = /^([\w./-]+)@([\w.-]+)$/.exec(what);
  if (target === null) return { kind: 'recipe', recipe: decodeToken(what) };
  if (seed === undefined || run === undefined) {
    throw new HeddleError({
      code: 'INCOMPLETE_REPLAY',
      expected: '--seed and --run beside scenario@subject',
      received: `only ${what}`,
      next: 'Take both from the report of the run.',
    });
  }
  return { kind: 'run', scenario: target[1]!, subject: target[2]!, seed, index: run, strategy };
}

interface Performed {
  readonly replayed: Replayed;
  readonly info: ScenarioInfo;
}

function infoOf(source: Source, scenarios: readonly ScenarioInfo[]): ScenarioInfo {
  const { scenario, subject } = source.kind === 'recipe' ? source.recipe : source;
  const info = scenarios.find(({ name }) => name === scenario);
  if (info === undefined || !info.subjects.some(({ name }) => name === subject)) {
    throw new HeddleError({
      code: info === undefined ? 'UNKNOWN_SCENARIO' : 'UNKNOWN_SUBJECT',
      expected: `${scenario}@${subject} among the scenarios here`,
      received:
        info === undefined
          ? 'no scenario of that name'
          : `subjects ${info.subjects.map(({ name }) => name).join(', ')}`,
      next: 'Run heddle in the folder that has it; `heddle list` shows what there is.',
    });
  }
  return info;
}

async function perform(source: Source, info: ScenarioInfo, threads: Threads): Promise<Performed> {
  const { scenario, subject } = source.kind === 'recipe' ? source.recipe : source;
  const { file } = info;
  try {
    if (source.kind === 'recipe') {
      const { workload, schedule } = source.recipe;
      return { info, replayed: await threads.alone('replay', { file, scenario, subject, workload, schedule }) };
    }
    const { seed, index } = source;
    await prepareStrategy(source.strategy);
    const strategy = strategyFor(info, source.strategy);
    const campaign = { scenario, subject, seed, strategy, runs: index + 1 };
    const isolated = info.isolation === 'worker';
    const quiet = { made: () => undefined, failed: () => Promise.resolve(), again: () => true };
    const knowledge = await knowledgeAt(campaign, index, { threads, file, isolated, ...quiet });
    return { info, replayed: await threads.alone('rerun', { file, campaign, index, knowledge }) };
  } catch (error) {
    if (!(error instanceof HangError)) throw error;
    const verdict: Verdict = { kind: 'limit', invariant: 'limit', message: `${error.message}: a loop without end` };
    return {
      info,
      replayed: { verdict, hash: '', turns: [], drift: 0, workload: null, operations: 0, taskSwitches: 0 },
    };
  }
}

async function report(
  command: ReplayCommand,
  source: Source,
  { replayed, info }: Performed,
  terminal: Terminal,
): Promise<number> {
  const { verdict, hash, turns, drift } = replayed;
  const recipe = source.kind === 'recipe' ? source.recipe : null;
  const same = recipe === null ? null : sameFailure(verdict, recipe.verdict) && recipe.hash === hash;
  if (command.json !== '-' || command.trace) {
    const { scenario, subject } = recipe ?? (source as Extract<Source, { kind: 'run' }>);
    const replayLine =
      source.kind === 'recipe'
        ? encodeToken(source.recipe)
        : `${scenario}@${subject} --seed ${source.seed} --run ${String(source.index)}${source.strategy === undefined ? '' : ` --strategy ${source.strategy}`}`;
    const shown = command.trace || isFailure(verdict) ? turns : [];
    terminal.line(
      findingText(
        {
          title: `${scenario}@${subject}`,
          ids: info.ids,
          verdict,
          turns: shown,
          explanation: null,
          restsOn: info.subjects.find(({ name }) => name === subject)?.restsOn,
          file: null,
          replay: `heddle replay ${replayLine}`,
          width: terminal.width,
        },
        terminal.colors,
      ),
    );
    if (recipe !== null) terminal.line(comparison(recipe, replayed));
  }
  if (command.json !== undefined) {
    await writeJson(command.json, {
      heddle: VERSION,
      command: 'replay',
      verdict,
      hash,
      drift,
      asRecorded: same,
      turns,
    });
  }
  if (recipe === null) return isFailure(verdict) ? EXIT_CODES.unexpected : EXIT_CODES.asExpected;
  return same === true ? EXIT_CODES.asExpected : EXIT_CODES.unexpected;
}

/** How the replay compares with what was recorded. */
function comparison({ verdict, hash }: ReplayRecipe, replayed: Replayed): string {
  const drift = replayed.drift === 0 ? '' : `, ${String(replayed.drift)} of its choices found no place`;
  if (!sameFailure(verdict, replayed.verdict)) {
    return `recorded ${verdictName(verdict)}, now ${verdictName(replayed.verdict)}: the code has changed since${drift}`;
  }
  if (hash !== replayed.hash)
    return `the same verdict by another way (drift): the code has changed since; its choices were matched by name${drift}`;
  return 'replayed: the same verdict, the same trace';
}
