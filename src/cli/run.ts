import { strategyFor } from '../check/campaign.ts';
import { prepareStrategy } from '../check/load.ts';
import { Hunt, type Budget, type CampaignResult } from '../check/hunt.ts';
import { Requirements } from '../check/requirements.ts';
import { Threads } from '../check/threads.ts';
import { HeddleError } from '../kernel/errors.ts';
import { runDocument, summarise, type RunReport } from '../report/run-document.ts';
import { skippedLines, skippedScenarios } from '../report/skipped.ts';
import { remarks, warnings } from '../report/remarks.ts';
import { runTable } from '../report/run-table.ts';
import { strategyNamed } from '../schedule/strategies.ts';
import { readCatalog, select } from './catalog.ts';
import { exitCodeOf, EXIT_CODES } from './exit-codes.ts';
import { finding } from './finding.ts';
import { ProgressLine } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { writeJson } from './write-json.ts';
import { assertWritable, assertWritableFile } from './writable.ts';

export interface RunCommand {
  readonly patterns: readonly string[];
  readonly seed: string;
  readonly runs: number | undefined;
  /** Real ms. */
  readonly time: number | undefined;
  readonly subject: string | undefined;
  readonly strategy: string | undefined;
  readonly workers: number;
  readonly out: string;
  /** A path, `-` for standard output, or nothing. */
  readonly json: string | undefined;
}

/** `heddle run`. */
export async function run(command: RunCommand, terminal: Terminal): Promise<number> {
  const began = performance.now();
  await prepareStrategy(command.strategy);
  if (command.strategy !== undefined) strategyNamed(command.strategy);
  if (command.runs !== undefined && command.time !== undefined) {
    throw new HeddleError({
      code: 'TWO_BUDGETS',
      expected: 'either --runs or --time',
      received: 'both',
      next: 'Leave one of them out.',
    });
  }
  await assertWritable(command.out);
  if (command.json !== undefined && command.json !== '-') await assertWritableFile(command.json);
  const threads = new Threads(command.workers);
  const requirements = new Requirements(threads, process.env);
  try {
    const catalog = await readCatalog(threads);
    const targets = select(catalog, command.patterns, command.subject);
    for (const { info } of targets) strategyFor(info, command.strategy);
    for (const { file, message } of catalog.errors) terminal.line(terminal.colors.red(`${file}: ${message}`));
    const budget: Budget =
      command.time === undefined ? { kind: 'runs', runs: command.runs ?? null } : { kind: 'time', ms: command.time };
    terminal.line(`seed ${command.seed}`);
    const hunt = new Hunt({ ...command, targets, threads, requirements, budget });
    const results = await attended(hunt, command, terminal);
    const report: RunReport = {
      seed: command.seed,
      elapsedMs: Math.round(performance.now() - began),
      interrupted: hunt.interrupted,
      results,
      skipped: skippedScenarios(hunt.skipped),
      errors: catalog.errors,
    };
    terminal.line(runTable(results, terminal.colors));
    for (const remark of remarks(results)) terminal.line(terminal.colors.yellow(remark));
    for (const warning of warnings(results)) terminal.line(terminal.colors.yellow(warning));
    for (const line of skippedLines(report.skipped)) terminal.line(terminal.colors.yellow(line));
    terminal.line(summaryLine(report));
    if (command.json !== undefined) await writeJson(command.json, runDocument(report));
    if (report.interrupted) return EXIT_CODES.interrupted;
    return exitCodeOf(
      results.map(({ standing }) => standing),
      catalog.errors.length,
      report.skipped.length,
    );
  } finally {
    await Promise.all([threads.end(), requirements.release()]);
  }
}

/** Runs the hunt with its progress shown, its findings told as they come, and Ctrl-C routed to it. */
async function attended(hunt: Hunt, command: RunCommand, terminal: Terminal): Promise<CampaignResult[]> {
  const line = new ProgressLine(terminal, hunt.plannedRuns, hunt.targets.length);
  const interrupt = (): void => {
    terminal.line('interrupted: finishing the report');
    void hunt.interrupt();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await hunt.run({
      made: (runs) => {
        line.made(runs);
      },
      finished: (result) => {
        line.finished((command.runs ?? result.target.info.runs) - result.runs);
        if (result.counterexample !== null) terminal.line(finding(result, terminal));
      },
      skipped: ({ target }) => {
        line.finished(command.runs ?? target.info.runs);
      },
    });
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    line.end();
  }
}

function summaryLine({ results, skipped, elapsedMs, seed }: RunReport): string {
  const { held, caught, judged, unexpected, inconclusive } = summarise(results);
  const runs = results.reduce((sum, result) => sum + result.runs, 0);
  const seconds = (elapsedMs / 1000).toFixed(1);
  const left = skipped.length === 0 ? '' : `, ${String(skipped.length)} scenarios skipped`;
  return `${String(held)} held, ${String(caught)} caught, ${String(judged)} judged, ${String(unexpected)} unexpected, ${String(inconclusive)} inconclusive${left}; ${String(runs)} schedules in ${seconds} s, seed ${seed}`;
}
