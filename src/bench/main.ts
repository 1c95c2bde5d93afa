import { createRequire } from 'node:module';
import { Command } from 'commander';
import Table from 'cli-table3';
import writeFileAtomic from 'write-file-atomic';
import { install } from '../intercept/install.ts';
import { expectShortLives } from '../check/short-lives.ts';
import { kernelBench } from './kernel.ts';

install();
expectShortLives();

/** Dependencies are pinned: the manifest's figure is the version that runs. */
const { dependencies } = createRequire(import.meta.url)('heddle/package.json') as {
  dependencies: Record<string, string>;
};
const versionOf = (name: string): string => dependencies[name]!;

const program = new Command('bench').description('benchmarks: they measure and decide nothing');

program
  .command('kernel')
  .description('a turn against the bare loop; whole schedules against the scheduler of fast-check')
  .option('--json <file>', 'write the figures as JSON; - for standard output')
  .action(async ({ json }: { json?: string }) => {
    const out = json === '-' ? process.stderr : process.stdout;
    const figures = await kernelBench((round, rounds) => {
      if (out.isTTY) out.write(`\rround ${String(round + 1)} of ${String(rounds)}`);
    });
    if (out.isTTY) out.write('\r');
    const versions = {
      node: process.version,
      'fast-check': versionOf('fast-check'),
      tinybench: versionOf('tinybench'),
    };
    const measured = new Table({
      head: ['measured', 'median', 'smallest', 'largest', 'unit'],
      style: { head: [], border: [], compact: true },
    });
    const digits = (value: number): string => value.toFixed(0);
    for (const row of figures.measured)
      measured.push([row.name, digits(row.median), digits(row.low), digits(row.high), row.unit]);
    const ratios = new Table({
      head: ['ratio', 'median', 'smallest', 'largest', 'goal'],
      style: { head: [], border: [], compact: true },
    });
    for (const { name, of, to, median, low, high, bound } of figures.ratios) {
      ratios.push([`${name}: ${of} / ${to}`, median.toFixed(2), low.toFixed(2), high.toFixed(2), bound]);
    }
    const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    out.write(`${names.join(', ')}; ${String(figures.rounds)} rounds\n${measured.toString()}\n${ratios.toString()}\n`);
    if (json === undefined) return;
    const document = `${JSON.stringify({ bench: 'kernel', versions, ...figures }, null, 2)}\n`;
    if (json === '-') process.stdout.write(document);
    else await writeFileAtomic(json, document);
  });

await program.parseAsync();
