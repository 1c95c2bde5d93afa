import { describe, expect, it } from 'vitest';
import { createProject } from './project.ts';

const project = createProject().copy('project').copy('ordered');

/** Names of the subjects that a run selects. */
async function selected(...args: string[]): Promise<string[]> {
  const { document } = await project.run(...args, '--seed', '7', '--runs', '4');
  return document.results.map(({ scenario, subject }) => `${scenario}@${subject}`);
}

describe.concurrent('what is run', () => {
  it.each([
    [['T1'], ['counter/no-lost-update@atomic', 'counter/no-lost-update@racy']],
    [['till'], ['till/no-overspend@till']],
    [['*/no-*', '--subject', 'till'], ['till/no-overspend@till']],
    [
      ['scenarios/ord*', 'T2'],
      ['search/shows-what-was-asked@last-answer-wins', 'till/no-overspend@till'],
    ],
  ])('%j', async (args, names) => {
    expect((await selected(...args)).sort()).toEqual(names);
  });
});

describe.concurrent('exit codes', () => {
  it('4 when a specimen is not caught, 0 when it is', async () => {
    const lonely = createProject().copy('project');
    const source = lonely.read('scenarios/counter.ts');
    // One client alone never loses an update.
    lonely.write('scenarios/counter.ts', source.replace('maxLength: 4', 'maxLength: 1'));
    const missed = await lonely.run('--subject', 'racy', '--seed', '3', '--runs', '50');
    expect(missed.document.summary.inconclusive).toBe(1);
    expect(missed.document.results[0]).toMatchObject({ verdict: { kind: 'holds' }, asExpected: false });
    expect(missed.code).toBe(4);
    lonely.write('scenarios/counter.ts', source);
    const caught = await lonely.run('--subject', 'racy', '--seed', '3', '--runs', '50');
    expect(caught.document.summary.caught).toBe(1);
    expect(caught.code).toBe(0);
  });

  it('1 when a subject that must hold does not, or a specimen fails something else', async () => {
    const wrong = createProject().copy('project');
    const source = wrong.read('scenarios/counter.ts');
    wrong.write('scenarios/counter.ts', source.replace('new AtomicCounter()', 'new RacyCounter()'));
    const { code, document } = await wrong.run('counter', '--seed', '7', '--runs', '30');
    expect(document.summary).toMatchObject({ unexpected: 1, caught: 1 });
    expect(code).toBe(1);
    wrong.write('scenarios/counter.ts', source.replace("fail('noLostUpdate'", "fail('noDeadlock'"));
    const other = await wrong.run('counter', '--seed', '7', '--runs', '30');
    expect(other.document.results[1]).toMatchObject({ verdict: { invariant: 'noLostUpdate' }, asExpected: false });
    expect(other.code).toBe(1);
  });

  it('4 when what must happen sometimes never does', async () => {
    const idle = createProject().copy('project');
    const source = idle.read('scenarios/till.ts');
    idle.write(
      'scenarios/till.ts',
      source
        .replace('import { fc, judge,', 'import { sometimes, fc, hold,')
        .replace('judge(', 'hold(')
        .replace('await ask();', '')
        .replace('[noOverspend({ limit: 10 })]', "[noOverspend({ limit: 10 }), sometimes('rich', () => false)]"),
    );
    const { code, document } = await idle.run('till', '--seed', '7', '--runs', '30');
    expect(document.results[0]!.verdict).toMatchObject({ kind: 'limit', invariant: 'rich' });
    expect(document.results[0]!.verdict.message).toMatch(/^rich never happened in 30 runs/);
    expect(code).toBe(4);
  });
});

describe.concurrent('output', () => {
  it('ends in a table with a row for each subject, without colours on a pipe', async () => {
    const { stdout, stderr } = await project.heddle('run', 'counter', '--seed', '7', '--runs', '30');
    expect(stdout).toMatch(/│ counter\/no-lost-update +│ atomic +│ hold +│ ✓ holds +│ 30 /);
    expect(stdout).toMatch(/│ racy +│ fail noLostUpdate +│ ✓ caught: violation noLostUpdate +│ \d+ /);
    expect(stdout).toMatch(
      /1 held, 1 caught, 0 judged, 0 unexpected, 0 inconclusive; \d+ schedules in [\d.]+ s, seed 7\n$/,
    );
    expect(stdout).not.toContain('\u001b[');
    expect(stderr).toBe('');
  });

  it('has no colours under NO_COLOR even when colours are forced', async () => {
    const env = { NO_COLOR: '1', FORCE_COLOR: '1' };
    const { stdout } = await project.start(['run', 'counter', '--seed', '7', '--runs', '5'], env).ended;
    expect(stdout).toContain('✓ holds');
    expect(stdout).not.toContain('\u001b[');
  });

  it('lists scenarios with ids, subjects, expectations and files', async () => {
    const { code, stdout } = await project.heddle('list');
    expect(stdout).toMatch(/counter\/no-lost-update +│ T1 +│ atomic: hold +│ scenarios\/counter\.ts/);
    expect(stdout).toContain('racy: fail noLostUpdate');
    expect(stdout).toContain('till: judge');
    expect(code).toBe(0);
  });

  it('says its version', async () => {
    const { version } = JSON.parse(project.read('node_modules/heddle/package.json')) as { version: string };
    expect((await project.heddle('--version')).stdout).toBe(`${version}\n`);
  });
});

describe('--time', () => {
  it('bounds the whole run instead of the number of runs', async () => {
    const { code, document } = await project.run('--subject', 'atomic', '--seed', '7', '--time', '300ms');
    expect(document.results[0]).toMatchObject({ verdict: { kind: 'holds' }, asExpected: true });
    expect(document.results[0]!.runs).toBeGreaterThanOrEqual(16);
    expect(code).toBe(0);
  });
});
