#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { DISCOVERY_STRATEGIES } from '../bench/discovery/columns.ts';
import { VERSION } from '../check/version.ts';
import { HeddleError } from '../kernel/errors.ts';
import { benchDiscovery } from './bench.ts';
import { exitCodeForError, EXIT_CODES, RUN_EXIT_CODES } from './exit-codes.ts';
import { list } from './list.ts';
import {
  countOption,
  defaultWorkers,
  freshSeed,
  listOption,
  runIndexOption,
  runsOption,
  timeOption,
  workersOption,
} from './options.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { shrink } from './shrink.ts';
import { createTerminal, type Terminal } from './terminal.ts';

// Dates of subjects must not depend on where the machine stands; worker threads inherit this.
process.env['TZ'] = 'UTC';

interface SharedOptions {
  readonly seed?: string;
  readonly strategy?: string;
  readonly workers?: number;
  readonly json?: string;
}

interface BenchOptions {
  readonly programs: string[];
  readonly strategies: string[];
  readonly trials: number;
  readonly cap: number;
  readonly wide: boolean;
  readonly markdown?: string;
  readonly merge?: string[];
}

/** People read standard output, unless a program does. */
function terminalFor(json: string | undefined): Terminal {
  return createTerminal(json === '-' ? process.stderr : process.stdout);
}

const program = new Command('heddle')
  .description('Reproduces race conditions from a seed: a deterministic concurrency simulator for Node.js')
  .version(VERSION)
  .exitOverride()
  .showHelpAfterError('Run `heddle --help` to see what there is.');

program
  .command('list')
  .description('list the scenarios that are found here')
  .action(async () => {
    process.exitCode = await list(terminalFor(undefined));
  });

program
  .command('run')
  .description('hunt for schedules that break invariants')
  .argument('[patterns...]', 'scenario names, ids or files; * stands for anything')
  .option('--seed <seed>', 'determines every workload and every schedule (default: a fresh one, printed)')
  .option('--runs <n>', 'runs of each subject at most (default: what its scenario says, else 1000)', runsOption)
  .option('--time <time>', 'instead of --runs: real time for all, for example 30s', timeOption)
  .option('--subject <name>', 'only this subject')
  .option(
    '--strategy <name>',
    'a name, or the path of a file that exports one; see docs/strategies.md (default: what suits the scenario)',
  )
  .option('--workers <n>', 'threads; the results do not depend on it (default: one per core)', workersOption)
  .option('--out <dir>', 'where counterexamples are written', 'reports')
  .option('--json <file>', 'write the results as JSON; - for standard output')
  .addHelpText('after', RUN_EXIT_CODES)
  .action(
    async (
      patterns: string[],
      options: SharedOptions & { runs?: number; time?: number; subject?: string; out: string },
    ) => {
      const { json, seed = freshSeed(), workers = defaultWorkers(), strategy, out } = options;
      const { runs, time, subject } = options;
      process.exitCode = await run(
        { patterns, seed, runs, time, subject, strategy, workers, out, json },
        terminalFor(json),
      );
    },
  );

program
  .command('replay')
  .description('replay a counterexample')
  .argument('<what>', 'a token, a counterexample file, or scenario@subject with --seed and --run')
  .option('--seed <seed>', 'with scenario@subject: the seed of the campaign')
  .option('--run <n>', 'with scenario@subject: the index of the run', runIndexOption)
  .option('--strategy <name>', 'with scenario@subject: the strategy of the campaign, if it was chosen')
  .option('--workers <n>', 'threads, for recomputing what the strategy had learnt', workersOption)
  .option('--trace', 'show the trace even when the run holds', false)
  .option('--json <file>', 'write the result as JSON; - for standard output')
  .action(async (what: string, options: SharedOptions & { run?: number; trace: boolean }) => {
    const { seed, run: index, strategy, workers = defaultWorkers(), trace, json } = options;
    process.exitCode = await replay({ what, seed, run: index, strategy, workers, trace, json }, terminalFor(json));
  });

program
  .command('shrink')
  .description('shrink a counterexample again and rewrite its file')
  .argument('<file>', 'a counterexample file')
  .action(async (file: string) => {
    process.exitCode = await shrink(file, terminalFor(undefined));
  });

program
  .command('bench')
  .description('measure what heddle does; decides nothing')
  .command('discovery')
  .description('schedules until the bug of each program is first found, by strategy')
  .option('--programs <patterns...>', 'scenarios with a subject that must fail; * stands for anything', ['sctbench/*'])
  .option(
    '--strategies <names>',
    'names, or paths of files that export one, with commas between them',
    listOption('strategies'),
    DISCOVERY_STRATEGIES,
  )
  .option('--trials <n>', 'trials of each strategy on each program', countOption('trials', '20'), 20)
  .option('--cap <n>', 'schedules of a trial at most', countOption('cap', '10000'), 10_000)
  .option('--seed <seed>', 'determines every trial (default: a fresh one, printed)')
  .option('--workers <n>', 'threads; the results do not depend on it (default: one per core)', workersOption)
  .option('--wide', 'show the confidence intervals, too', false)
  .option('--json <file>', 'write the figures as JSON; - for standard output')
  .option('--markdown <file>', 'write the tables between the marks <!-- discovery --> and <!-- /discovery -->')
  .option('--merge <files...>', 'measure nothing: put together what --json wrote')
  .action(async (options: SharedOptions & BenchOptions) => {
    const { seed = freshSeed(), workers = defaultWorkers(), json, markdown, merge, ...rest } = options;
    process.exitCode = await benchDiscovery({ ...rest, seed, workers, json, markdown, merge }, terminalFor(json));
  });

// Whoever reads may stop reading: `heddle run | head` is no failure of heddle's.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode);
  });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode =
    error instanceof CommanderError ? (error.exitCode === 0 ? 0 : EXIT_CODES.usage) : exitCodeForError(error);
  if (error instanceof HeddleError) process.stderr.write(`heddle: ${error.message}\n`);
  else if (!(error instanceof CommanderError))
    process.stderr.write(`heddle failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
