import { describe, expect, it } from 'vitest';
import { createProject } from './project.ts';
import { schemaErrors } from './schema.ts';

const project = createProject()
  .copy('project')
  .write('scenarios/broken-syntax.ts', "import { scenario } from 'heddle';\nexport default scenario({ name: );\n")
  .write('scenarios/missing-import.ts', "import { thing } from './not-there.ts';\nexport default thing;\n")
  .write('scenarios/no-default.ts', 'export const name = 1;\n')
  .write('scenarios/not-a-scenario.ts', 'export default { name: "x" };\n')
  .write('scenarios/throws-on-load.ts', 'throw new Error("no such luck");\n')
  .write('scenarios/twin.ts', "export { default } from './till.ts';\n")
  .write(
    'scenarios/wrong-definition.ts',
    "import { fail, fc, scenario } from 'heddle';\nexport default scenario({ name: 'a b', subjects: {}, workload: fc.nat(), body: () => undefined });\n",
  );

describe.concurrent('files that do not load', () => {
  it('are named with what is wrong, the others run, and the exit code is 2', async () => {
    const { code, document, stderr } = await project.run('--seed', '7', '--runs', '40');
    expect(code).toBe(2);
    expect(schemaErrors(document)).toEqual([]);
    expect(document.summary).toEqual({ held: 1, caught: 1, judged: 1, unexpected: 0, inconclusive: 0 });
    const told = Object.fromEntries(document.errors.map(({ file, message }) => [file, message]));
    expect(told).toEqual({
      'scenarios/broken-syntax.ts': expect.stringMatching(/broken-syntax\.ts:2:\d+.*Unexpected/) as string,
      'scenarios/missing-import.ts': expect.stringContaining('not-there.ts') as string,
      'scenarios/no-default.ts': expect.stringContaining('received no default export. Write `export default') as string,
      'scenarios/not-a-scenario.ts': expect.stringContaining('received object') as string,
      'scenarios/throws-on-load.ts': 'Error: no such luck',
      'scenarios/twin.ts': 'scenario till/no-overspend is declared twice: also in scenarios/till.ts',
      'scenarios/wrong-definition.ts': expect.stringContaining('a name of letters, digits') as string,
    });
    for (const { file, message } of document.errors) expect(stderr).toContain(`${file}: ${message}\n`);
  });

  it('are named by list, too', async () => {
    const { code, stdout } = await project.heddle('list');
    expect(stdout).toContain('till/no-overspend');
    expect(stdout).toContain('scenarios/throws-on-load.ts: Error: no such luck');
    expect(code).toBe(2);
  });
});

const thrower = (name: string, body: string): string => `
import { fc, hold, scenario } from 'heddle';
export default scenario({
  name: '${name}',
  subjects: { none: hold(() => ({})) },
  workload: fc.nat(),
  body: ${body},
});
`;

describe('a body that fails', () => {
  const failing = createProject()
    .write('scenarios/sync.ts', thrower('body/throws', "() => { throw new RangeError('too far'); }"))
    .write('scenarios/later.ts', thrower('body/rejects', "async () => { await null; throw 'a word'; }"))
    .write('scenarios/unheard.ts', thrower('body/unheard', "() => { void Promise.reject(new Error('unheard')); }"))
    .write('scenarios/holds.ts', thrower('body/z-holds', '() => undefined'));

  it('is an error verdict with what was thrown; the others run', async () => {
    const { code, document } = await failing.run('--seed', '1', '--runs', '20');
    expect(schemaErrors(document)).toEqual([]);
    expect(document.results.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
      ['body/z-holds', { kind: 'holds' }],
      ['body/rejects', { kind: 'error', invariant: 'noUncaughtException', message: 'the body failed: thrown a word' }],
      [
        'body/throws',
        {
          kind: 'error',
          invariant: 'noUncaughtException',
          message: 'the body failed: RangeError: too far (scenarios/sync.ts:7:23)',
        },
      ],
      [
        'body/unheard',
        { kind: 'error', invariant: 'noUnhandledRejection', message: 'Error: unheard (scenarios/unheard.ts:7:37)' },
      ],
    ]);
    expect(document.summary).toMatchObject({ held: 1, unexpected: 3 });
    expect(code).toBe(1);
  });
});
