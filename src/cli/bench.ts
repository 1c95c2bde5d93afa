import Table from 'cli-table3';
import { Contest } from '../bench/discovery/contest.ts';
import { measured } from '../bench/discovery/analysis.ts';
import { lookUp } from '../bench/discovery/companions.ts';
import type { Contestant } from '../bench/discovery/contestant.ts';
import type { DiscoveryDocument } from '../bench/discovery/document.ts';
import { FAST_CHECK } from '../bench/discovery/columns.ts';
import { FastCheckContestant } from '../bench/discovery/fast-check-contestant.ts';
import { FastCheckThreads } from '../bench/discovery/fast-check-thread.ts';
import { assertMarks, writeMarkdown } from '../bench/discovery/markdown.ts';
import { documentOf, mergedDocument } from '../bench/discovery/measurement.ts';
import { StrategyContestant } from '../bench/discovery/strategy-contestant.ts';
import { discoveryTable, intervalTable, legend, type TextTable } from '../bench/discovery/table.ts';
import { strategyFor } from '../check/campaign.ts';
import type { Target } from '../check/hunt.ts';
import { prepareStrategy } from '../check/load.ts';
import { Requirements } from '../check/requirements.ts';
import { Threads } from '../check/threads.ts';
import { HeddleError } from '../kernel/errors.ts';
import { strategyNamed } from '../schedule/strategies.ts';
import { readCatalog, select, type Catalog } from './catalog.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { StatusLine } from './status-line.ts';
import type { Terminal } from './terminal.ts';
import { writeJson } from './write-json.ts';
import { assertWritableFile } from './writable.ts';

export interface BenchDiscoveryCommand {
  /** Scenario names, `*` stands for anything; with `@subject` behind it, only that subject. */
  readonly programs: readonly string[];
  readonly strategies: readonly string[];
  readonly trials: number;
  readonly cap: number;
  readonly seed: string;
  readonly workers: number;
  readonly wide: boolean;
  /** A path, `-` for standard output, or nothing. */
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  /** Documents to put together; then nothing is measured. */
  readonly merge: readonly string[] | undefined;
}

/** `heddle bench discovery`. */
export async function benchDiscovery(command: BenchDiscoveryCommand, terminal: Terminal): Promise<number> {
  const { json, markdown, merge } = command;
  if (json !== undefined && json !== '-') await assertWritableFile(json);
  if (markdown !== undefined) await assertMarks(markdown);
  const came =
    merge === undefined ? await measure(command, terminal) : { document: await mergedDocument(merge), errors: 0 };
  const { document, errors } = came;
  terminal.line(textOf(discoveryTable(document)));
  if (command.wide) terminal.line(`95 % confidence intervals\n${textOf(intervalTable(document))}`);
  for (const sentence of legend(document)) terminal.line(sentence);
  if (json !== undefined) await writeJson(json, document);
  if (markdown !== undefined) await writeMarkdown(markdown, document);
  if (document.interrupted && merge === undefined) return EXIT_CODES.interrupted;
  if (document.cells.some(({ others }) => others.length > 0)) return EXIT_CODES.unexpected;
  return errors > 0 ? EXIT_CODES.usage : EXIT_CODES.asExpected;
}

async function measure(
  command: BenchDiscoveryCommand,
  terminal: Terminal,
): Promise<{ document: DiscoveryDocument; errors: number }> {
  const began = performance.now();
  const { seed, trials, cap, workers } = command;
  const strategies = command.strategies.filter((name) => name !== FAST_CHECK);
  for (const name of strategies) {
    await prepareStrategy(name);
    strategyNamed(name);
  }
  const threads = new Threads(workers);
  const fastCheck = new FastCheckThreads();
  const requirements = new Requirements(threads, process.env);
  try {
    const catalog = await readCatalog(threads);
    const named = specimens(catalog, command.programs);
    for (const { info } of named) for (const name of strategies) strategyFor(info, name);
    for (const { file, message } of catalog.errors) terminal.line(terminal.colors.red(`${file}: ${message}`));
    const targets: Target[] = [];
    for (const target of named) {
      const reason = await reasonAgainst(target, requirements);
      if (reason === null) targets.push(target);
      else terminal.line(terminal.colors.yellow(`${target.info.name}@${target.subject.name} left out: ${reason}`));
    }
    terminal.line(`seed ${seed}`);
    const { programs, runnable } = await lookUp(targets, fastCheck);
    const contestants = command.strategies.map((name): Contestant =>
      name === FAST_CHECK ? new FastCheckContestant(fastCheck, runnable) : new StrategyContestant(name, threads),
    );
    const progress = { trials: 0, schedules: 0 };
    const contest = new Contest({
      ...{ targets, contestants, trials, cap, seed, lanes: workers },
      made: ({ schedules }) => {
        progress.trials += 1;
        progress.schedules += schedules;
      },
    });
    const interrupted = await attended(contest, progress, terminal, () =>
      Promise.all([threads.end(), fastCheck.end()]),
    );
    const document = documentOf({
      ...{ cap, interrupted },
      elapsedMs: Math.round(performance.now() - began),
      programs,
      cells: contest.cells.map((cell) => measured(cell, seed)),
    });
    return { document, errors: catalog.errors.length };
  } finally {
    await Promise.all([threads.end(), fastCheck.end(), requirements.release()]);
  }
}

/** The subjects that are known to be wrong, of all scenarios that the patterns name. */
function specimens(catalog: Catalog, patterns: readonly string[]): Target[] {
  const targets = patterns.flatMap((pattern) => {
    const at = pattern.lastIndexOf('@');
    const [scenarios, subject] = at === -1 ? [pattern, undefined] : [pattern.slice(0, at), pattern.slice(at + 1)];
    return select(catalog, [scenarios], subject);
  });
  const wrong = targets.filter(({ subject }) => subject.expect === 'fail');
  const named = new Map(wrong.map((target) => [`${target.info.name}@${target.subject.name}`, target]));
  if (named.size > 0) return [...named.values()];
  throw new HeddleError({
    code: 'NO_SPECIMEN',
    expected: 'a scenario with a subject that is expected to fail',
    received: patterns.map((pattern) => JSON.stringify(pattern)).join(', '),
    next: 'Name one with --programs; `heddle list` shows what is expected of each.',
  });
}

/** Why a program cannot be measured; null when it can. */
async function reasonAgainst({ info }: Target, requirements: Requirements): Promise<string | null> {
  if (info.isolation === 'worker') return 'every run of it needs a thread of its own';
  return requirements.lacking(info.requires);
}

/** Runs the contest with its progress shown and Ctrl-C routed to it; returns whether it was interrupted. */
async function attended(
  contest: Contest,
  progress: { readonly trials: number; readonly schedules: number },
  terminal: Terminal,
  end: () => Promise<unknown>,
): Promise<boolean> {
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
    terminal.line('interrupted: finishing the table');
    contest.stop();
    void end();
  };
  const line = new StatusLine(terminal, (elapsed) => {
    const { trials, schedules } = progress;
    const planned = contest.plannedTrials;
    const left =
      trials === 0 ? '' : `, about ${String(Math.ceil(((elapsed / trials) * (planned - trials)) / 1000))} s left`;
    const rate = Math.round(schedules / (elapsed / 1000));
    return `${String(trials)}/${String(planned)} trials, ${String(schedules)} schedules, ${String(rate)}/s${left}`;
  });
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    await contest.run();
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    line.end();
  }
  return interrupted;
}

function textOf({ head, rows }: TextTable): string {
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], compact: true },
    colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')),
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
