import { describe, expect, it } from 'vitest';
import { createProject, untimed } from './project.ts';
import { schemaErrors } from './schema.ts';

describe('a livelock', () => {
  const project = createProject().copy('livelock');

  it('is caught where it is expected, told with its lap, and replayed by its token', async () => {
    const { code, document, stderr } = await project.run('door/waiting', '--seed', '7', '--runs', '200');
    expect(schemaErrors(document)).toEqual([]);
    expect(code).toBe(0);
    const polite = document.results.find(({ subject }) => subject === 'polite')!;
    expect(polite.verdict).toMatchObject({ kind: 'livelock', invariant: 'noLivelock' });
    expect(polite.counterexample).toMatchObject({ operations: 2, tasks: 2, choices: 0, faults: 0 });
    expect(stderr).toMatch(/✗ livelock noLivelock in turn 2000 .*the same 6 turns come again and again/);
    const replayed = await project.heddle('replay', polite.counterexample!.token!);
    expect(replayed.stdout).toContain('replayed: the same verdict, the same trace');
    expect(replayed.stdout).toMatch(/✗ livelock noLivelock in turn 2000 /);
  });

  it('of a subject that must hold ends with code 1', async () => {
    const other = createProject().copy('livelock');
    const file = 'scenarios/door.ts';
    other.write(
      file,
      other.read(file).replace('fail(invariant, () => new Door(equally))', 'hold(() => new Door(equally))'),
    );
    const { code, document } = await other.run('door/awaited', '--seed', '7', '--runs', '200', '--subject', 'polite');
    expect(code).toBe(1);
    expect(document.results[0]).toMatchObject({
      verdict: { kind: 'livelock', invariant: 'allPass' },
      asExpected: false,
    });
  });
});

describe('a campaign that puts nothing to the test', () => {
  const project = createProject().copy('doubtful');

  it('is reported with a warning, whoever makes its runs, and its exit code stays', async () => {
    const [one, three] = await Promise.all(
      ['1', '3'].map((workers) => project.run('--seed', '7', '--runs', '300', '--workers', workers)),
    );
    const { code, document, stderr } = one!;
    expect(schemaErrors(document)).toEqual([]);
    expect(code).toBe(0);
    const doubt = 'noDoubleGrant was never put to the test: nothing that it judges happened';
    expect(document.results.map(({ scenario, warnings }) => [scenario, warnings])).toEqual([
      ['doubtful/granted', []],
      ['doubtful/refused', [doubt]],
    ]);
    expect(stderr).toContain(`warning: doubtful/refused@it: ${doubt}\n`);
    expect(untimed(three!.document)).toEqual(untimed(document));
  });
});
