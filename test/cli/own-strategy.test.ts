import { describe, expect, it } from 'vitest';
import { codeBlocksOf } from '../architecture/code-blocks.ts';
import { createProject, untimed, type Output } from './project.ts';

const LIFO = `
import { strategy } from 'heddle';

export default strategy({
  name: 'newest-first',
  initial: { runs: 0 },
  start: ({ random, knowledge }) => ({
    event: (enabled) => {
      if (knowledge.runs > 20 && random.next() < 0.3) return random.below(enabled.size);
      let newest = 0;
      for (let i = 1; i < enabled.size; i += 1) if (enabled.at(i).seq > enabled.at(newest).seq) newest = i;
      return newest;
    },
  }),
  learn: (knowledge, round) => ({ runs: knowledge.runs + round.length }),
});
`;

const of = (body: string): string => `
import { strategy } from 'heddle';
export default strategy({ name: 'mine', initial: null, ${body} });
`;

const project = createProject()
  .copy('project')
  .write('lifo.ts', LIFO)
  .write('strategies/plain.js', LIFO)
  .write('bad-index.ts', of('start: () => ({ event: (enabled) => enabled.size })'))
  .write('throws.ts', of("start: () => ({ event: () => { throw new TypeError('oh no'); } })"))
  .write('learns-badly.ts', of("start: () => ({ event: () => 0 }), learn: () => { throw new Error('what?'); }"))
  .write('changes.ts', of('initial: [], start: ({ knowledge }) => ({ event: () => knowledge.push(1) && 0 })'))
  .write('keeps-code.ts', of('initial: { f: () => 1 }, start: () => ({ event: () => 0 })'))
  .write('tells-code.ts', of('start: () => ({ event: () => 0, report: () => () => 1 })'))
  .write('nameless.ts', "import { strategy } from 'heddle';\nexport default strategy({} as never);\n")
  .write('other.ts', 'export const strategy = 1;\n')
  .write('broken.ts', 'export default {;\n');

const args = (file: string): string[] => [
  'counter*',
  '--seed',
  '7',
  '--runs',
  '60',
  '--workers',
  '1',
  '--strategy',
  file,
];

/** The document without its times and without where it was written. */
function results(document: unknown): unknown {
  return JSON.parse(JSON.stringify(document).replace(/"out-\d/g, '"out-n'));
}

describe('a strategy of one’s own', () => {
  it.each(['./lifo.ts', 'strategies/plain.js'])('runs, and is named: %s', async (file) => {
    const { code, document } = await project.run(...args(file));
    const [atomic, racy] = document.results;
    expect(atomic).toMatchObject({ subject: 'atomic', verdict: { kind: 'holds' }, runs: 60 });
    expect(racy).toMatchObject({ subject: 'racy', verdict: { kind: 'violation', invariant: 'noLostUpdate' } });
    const written = JSON.parse(project.read(racy!.counterexample!.file)) as { campaign: { strategy: string } };
    expect(written.campaign.strategy).toBe(file);
    expect(code).toBe(0);
  });

  it('has the same runs with one worker and with two, and others than heddle’s own', async () => {
    const [one, two, walk] = await Promise.all([
      project.run(...args('./lifo.ts'), '--out', 'out-1'),
      project.run(...args('./lifo.ts'), '--workers', '2', '--out', 'out-2'),
      project.run(...args('random'), '--out', 'out-3'),
    ]);
    expect(results(untimed(two.document))).toEqual(results(untimed(one.document)));
    expect(walk.document.results[0]!.traceHash).not.toBe(one.document.results[0]!.traceHash);
  });

  it('repeats any of its runs', async () => {
    const { document } = await project.run(...args('./lifo.ts'));
    const { runs } = document.results.find(({ subject }) => subject === 'racy')!;
    const replay = (run: number): Promise<Output> =>
      project.heddle(
        ...['replay', 'counter/no-lost-update@racy', '--seed', '7', '--run', String(run)],
        ...['--strategy', './lifo.ts'],
      );
    const [failing, before] = await Promise.all([replay(runs - 1), replay(runs - 2)]);
    expect(failing.stdout).toContain('noLostUpdate');
    expect(failing.code).toBe(1);
    expect(before.code).toBe(0);
  });
});

describe.concurrent('what is wrong with one', () => {
  const refused = async (file: string): Promise<string> => {
    const { code, stdout, stderr } = await project.heddle('run', ...args(file));
    expect(stdout).toMatch(/^(seed 7\n)?$/);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^heddle: expected .+, received .+\. .+\.\n$/);
    return stderr;
  };

  it.each([
    ['./missing.ts', /as the default export of \.\/missing\.ts, received Error: Cannot find module/],
    ['./other.ts', /a strategy as the default export of \.\/other\.ts, received no default export/],
    ['./broken.ts', /received TransformError: .*broken\.ts:1:16/],
    ['./nameless.ts', /expected a strategy with a name of letters.*received name undefined, start undefined/],
    ['./keeps-code.ts', /expected `initial` of the strategy \.\/keeps-code\.ts to be plain data/],
  ])('is said before anything is run: %s', async (file, words) => {
    expect(await refused(file)).toMatch(words);
  });

  it.each([
    ['./bad-index.ts', /expected strategy mine to choose an index from 0 to \d, received \d\. Mend its `event`/],
    ['./throws.ts', /`event` of the strategy \.\/throws\.ts .*received TypeError: oh no at .*throws\.ts:\d/],
    ['./learns-badly.ts', /`learn` of the strategy \.\/learns-badly\.ts .*Error: what\? at .*learns-badly\.ts:\d/],
    ['./changes.ts', /`event` of the strategy \.\/changes\.ts .*object is not extensible/],
    ['./tells-code.ts', /`report` of the strategy \.\/tells-code\.ts to be plain data/],
  ])('is said in one sentence when a run comes to it: %s', async (file, words) => {
    expect(await refused(file)).toMatch(words);
  });
});

describe('the example in docs/strategies.md', () => {
  it('runs, and its run can be repeated by the commands beside it', async () => {
    const file = 'strategies/leave-once.ts';
    const { code } = codeBlocksOf('docs/strategies.md').find(({ path }) => path === file)!;
    project.write(file, code);
    const { document } = await project.run(...args(`./${file}`));
    const racy = document.results.find(({ subject }) => subject === 'racy')!;
    expect(racy.verdict).toMatchObject({ kind: 'violation', invariant: 'noLostUpdate' });
    const again = await project.heddle(
      ...['replay', 'counter/no-lost-update@racy', '--seed', '7', '--run', String(racy.runs - 1)],
      ...['--strategy', `./${file}`],
    );
    expect(again.stdout).toContain('noLostUpdate');
    expect(again.code).toBe(1);
  });
});
