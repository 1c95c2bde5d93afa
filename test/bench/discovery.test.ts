import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { discoverySchema, type DiscoveryCell, type DiscoveryDocument } from '../../src/bench/discovery/document.ts';
import { createProject, documentOf, type Output } from '../cli/project.ts';

const project = createProject().copy('bench');
const BENCH = ['bench', 'discovery'];
const TOYS = ['--programs', 'toy/lost-update', 'toy/two-locks'];

function documentIn({ stdout, stderr }: Output): DiscoveryDocument {
  expect(stderr).not.toContain('heddle failed');
  return JSON.parse(stdout) as DiscoveryDocument;
}

async function measured(...args: string[]): Promise<DiscoveryDocument> {
  return documentIn(await project.heddle(...BENCH, ...args, '--json', '-'));
}

const untimed = (document: DiscoveryDocument): DiscoveryDocument => ({ ...document, elapsedMs: 0 });

function cellOf({ cells }: DiscoveryDocument, scenario: string, strategy: string): DiscoveryCell {
  return cells.find((cell) => cell.scenario === scenario && cell.strategy === strategy)!;
}

const schema = JSON.parse(readFileSync(new URL('../../schema/discovery.json', import.meta.url), 'utf8')) as object;

describe('heddle bench discovery', async () => {
  const all = [...TOYS, '--strategies', 'random,surw,mix,portfolio,fast-check', '--trials', '4', '--cap', '300'];
  const document = await measured(...all, '--seed', '7', '--workers', '2');

  it('gives the same figures with one worker', async () => {
    expect(untimed(await measured(...all, '--seed', '7', '--workers', '1'))).toEqual(untimed(document));
  });

  it('measures what heddle run does with the seed of the trial', async () => {
    const { schedules } = cellOf(document, 'toy/lost-update', 'portfolio');
    for (const [trial, found] of schedules.slice(0, 2).entries()) {
      const args = ['--subject', 'bad', '--strategy', 'portfolio', '--runs', '300', '--seed', `7-${String(trial)}`];
      const ran = documentOf(await project.heddle('run', 'toy/lost-update', ...args, '--json', '-'));
      expect(ran.results[0]!.firstFailingRun! + 1).toBe(found);
    }
  });

  it('has one cell for each program and strategy, with fast-check where there is a program for it', () => {
    expect(document.cells.map(({ scenario, strategy, trials }) => `${scenario} ${strategy} ${String(trials)}`)).toEqual(
      ['toy/lost-update', 'toy/two-locks'].flatMap((name) =>
        ['random', 'surw', 'mix', 'portfolio', 'fast-check'].map((strategy) => `${name} ${strategy} 4`),
      ),
    );
    for (const { schedules, found, mean, interval } of document.cells) {
      expect(found).toBe(4);
      expect(mean).toBe(schedules.reduce<number>((sum, each) => sum + each!, 0) / 4);
      expect(interval![0]).toBeLessThanOrEqual(mean!);
      expect(interval![1]).toBeGreaterThanOrEqual(mean!);
    }
  });

  it('puts published figures beside them, and tests against those of the same name', () => {
    const [lostUpdate, twoLocks] = document.programs;
    expect(lostUpdate).toMatchObject({ published: { random: { mean: 2, found: 20, trials: 20 } }, note: null });
    expect(twoLocks).toMatchObject({ note: 'measured on another machine' });
    expect(twoLocks!.published).not.toHaveProperty('surw');
    const { against } = cellOf(document, 'toy/two-locks', 'random');
    expect(against).toMatchObject({ tool: 'random', mean: 7500, significantlyAbove: false });
    expect(cellOf(document, 'toy/lost-update', 'mix').against).toBeNull();
    const kinds = document.geometricMeans.map(({ name, programs, count }) => `${name} ${programs} ${String(count)}`);
    expect(kinds).toContain('mix all 2');
    // Only one program has figures of all tools.
    expect(document.geometricMeans.filter(({ of }) => of === 'published')).toMatchObject([
      { name: 'random', programs: 'published', count: 1, atLeast: false },
      { name: 'surw', programs: 'published', count: 1, atLeast: false },
    ]);
  });

  it('writes a document that keeps to its schema, which is the one that is checked when it is read', () => {
    const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
    validate(document);
    expect(validate.errors).toBeNull();
    const { $id, title, description, ...rest } = schema as Record<string, unknown>;
    expect([$id, title, description]).toEqual([
      'urn:heddle:schema:discovery',
      'heddle bench discovery --json',
      'How many schedules each strategy needed until it found the bug of each program.',
    ]);
    expect(rest).toEqual(z.toJSONSchema(discoverySchema));
  });

  it('can be made in parts', async () => {
    const common = ['--trials', '4', '--cap', '300', '--seed', '7', '--strategies'];
    await project.heddle(...BENCH, ...TOYS, ...common, 'random,surw,mix', '--json', 'one.json');
    await project.heddle(...BENCH, ...TOYS, ...common, 'portfolio,fast-check', '--json', 'two.json');
    const merged = await measured('--merge', 'one.json', 'two.json');
    const byName = (cells: readonly DiscoveryCell[]): DiscoveryCell[] =>
      [...cells].sort((a, b) => (a.scenario + a.strategy < b.scenario + b.strategy ? -1 : 1));
    expect(merged.programs).toEqual(document.programs);
    expect(byName(merged.cells)).toEqual(byName(document.cells));
    expect(merged.geometricMeans).toEqual(document.geometricMeans);
    // The same cell once more: the last file counts.
    await project.heddle(
      ...BENCH,
      ...TOYS,
      '--trials',
      '2',
      '--cap',
      '300',
      '--seed',
      '8',
      '--strategies',
      'mix',
      '--json',
      'three.json',
    );
    const { stdout } = await project.heddle(...BENCH, '--merge', 'two.json', 'one.json', 'three.json');
    expect(stdout).toMatch(/^│ program +│ +random │ +surw │ +mix │ +portfolio │ +fast-check │/m);
    expect(stdout).toContain('4 trials (mix: 2) of at most 300 schedules each, seed 7, 8.');
  });

  it('tells what failed in place of the bug, and ends with code 1', async () => {
    const args = ['--programs', 'toy/blames-another', '--strategies', 'random', '--trials', '2', '--cap', '5'];
    const output = await project.heddle(...BENCH, ...args, '--seed', '7', '--json', '-');
    expect(output.code).toBe(1);
    expect(cellOf(documentIn(output), 'toy/blames-another', 'random')).toMatchObject({
      schedules: [null, null],
      others: ['violation counts', 'violation counts'],
      mean: null,
      interval: null,
    });
    expect(output.stderr).toContain('something else failed and ended them: violation counts');
  });

  it('shows the table to people, with intervals if they ask', async () => {
    const args = ['--programs', 'toy/*@bad', '--strategies', 'random', '--trials', '3', '--cap', '4', '--seed', '7'];
    const { stdout } = await project.heddle(...BENCH, ...args, '--wide');
    expect(stdout).toMatch(/^seed 7$/m);
    expect(stdout).toMatch(/│ two-locks +│/);
    expect(stdout).toContain('95 % confidence intervals');
    expect(stdout).toContain(`Node ${process.version}`);
    expect(stdout).toContain('toy/two-locks: measured on another machine');
  });

  it('writes the tables between the marks of a Markdown file, again and again', async () => {
    const args = ['--strategies', 'random', '--trials', '2', '--cap', '20', '--seed', '7', '--markdown', 'table.md'];
    project.write('table.md', '# Before\n\n<!-- discovery -->\n\nold\n\n<!-- /discovery -->\n\nafter\n');
    await project.heddle(...BENCH, ...TOYS, ...args);
    const once = project.read('table.md');
    expect(once).toMatch(/^# Before\n\n<!-- discovery -->\n\n- heddle [^]*\n\n<!-- \/discovery -->\n\nafter\n$/);
    expect(once).toMatch(/^\| program +\| +random \| published random \| published surw \|$/m);
    expect(once).not.toContain('old');
    await project.heddle(...BENCH, ...TOYS, ...args);
    expect(project.read('table.md')).toBe(once);
  });

  it('that is interrupted shows what there is, and ends with code 130', async () => {
    const args = ['--programs', 'toy/lost-update', '--strategies', 'random', '--trials', '1000000', '--cap', '10000'];
    const running = project.start([...BENCH, ...args, '--seed', '7', '--workers', '1', '--json', 'part.json']);
    await running.until((output) => output.includes('trials, '));
    const { code, stdout } = await running.kill('SIGINT');
    const part = JSON.parse(project.read('part.json')) as DiscoveryDocument;
    expect(code).toBe(130);
    expect(stdout).toContain('Interrupted: not all trials were made.');
    expect(part.interrupted).toBe(true);
    expect(part.cells[0]!.trials).toBeGreaterThan(10);
    expect(part.cells[0]!.schedules.slice(0, 4)).toEqual(cellOf(document, 'toy/lost-update', 'random').schedules);
  });
});

describe.concurrent('what bench discovery refuses', () => {
  const other = createProject().copy('bench');
  other.write('plain.md', '# No marks\n');
  other.write('broken.json', '{}\n');

  it.each([
    [['--strategies', 'random,guess'], 'a strategy named random'],
    [['--strategies', 'random,,mix'], 'names with commas between them'],
    [['--trials', '0'], 'a whole number of at least 1 for --trials'],
    [['--cap', 'many'], 'a whole number of at least 1 for --cap'],
    [['--programs', 'nothing/*'], 'a pattern that matches a scenario'],
    [['--programs', 'toy/lost-update@ghost'], 'one of the subjects'],
    [['--programs', 'toy/lost-update@good'], 'a subject that is expected to fail'],
    [['--programs', 'toy/*', '--strategies', 'exhaustive'], 'scenarios that list workloads'],
    [['--markdown', 'plain.md'], 'to have a line <!-- discovery -->'],
    [['--markdown', 'absent.md'], 'to have a line <!-- discovery -->'],
    [['--merge', 'absent.json'], 'a file that `heddle bench discovery --json` wrote'],
    [['--merge', 'broken.json'], 'a file that `heddle bench discovery --json` wrote'],
  ])('%j', async (args, expected) => {
    const { code, stderr } = await other.heddle(...BENCH, ...args);
    expect(stderr).toMatch(/^heddle: expected .+, received .+\. .+\.\n$/);
    expect(stderr).toContain(expected);
    expect(code).toBe(2);
  });

  it('parts that were measured under other conditions', async () => {
    const args = ['--programs', 'toy/two-locks', '--strategies', 'random', '--trials', '1', '--seed', '7'];
    await other.heddle(...BENCH, ...args, '--cap', '5', '--json', 'five.json');
    await other.heddle(...BENCH, ...args, '--cap', '6', '--json', 'six.json');
    const { code, stderr } = await other.heddle(...BENCH, '--merge', 'five.json', 'six.json');
    expect(stderr).toContain('expected six.json to be measured with cap 5, as five.json was, received 6.');
    expect(code).toBe(2);
  });
});
