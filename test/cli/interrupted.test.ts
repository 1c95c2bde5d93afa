import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/report/run-document.ts';
import { createProject, documentOf } from './project.ts';
import { schemaErrors } from './schema.ts';

/** Two subjects that are done at once, and one whose million runs nobody waits for. */
const long = ['run', '--seed', '7', '--runs', '1000000', '--workers', '2'];

describe('Ctrl-C in the middle', () => {
  const project = createProject().copy('project');

  it('ends with the results so far, complete and valid, and with code 130', async () => {
    const running = project.start([...long, '--json', '-']);
    await running.until((output) => output.includes('till/no-overspend@till'));
    const output = await running.kill('SIGINT');
    const document = documentOf(output);
    expect(output.code).toBe(130);
    expect(output.stderr).toContain('interrupted');
    expect(schemaErrors(document)).toEqual([]);
    expect(document).toMatchObject({ interrupted: true, summary: { held: 0, caught: 1, judged: 1, inconclusive: 1 } });
    expect(document.results.map(({ subject, verdict }) => [subject, verdict.kind])).toEqual([
      ['atomic', 'limit'],
      ['racy', 'violation'],
      ['till', 'violation'],
    ]);
    expect(document.results[0]!.verdict.message).toMatch(/^interrupted after \d+ runs$/);
  });

  it('while a counterexample is being shrunk reports it as it was found', async () => {
    const slow = createProject().copy('slow-to-shrink');
    const running = slow.start(['run', '--seed', '7', '--runs', '5', '--workers', '1', '--json', 'results.json']);
    await running.until(
      () => slow.has('reports') && readdirSync(slow.path('reports')).some((name) => name.endsWith('.json')),
    );
    const { code } = await running.kill('SIGINT');
    const document = JSON.parse(slow.read('results.json')) as RunDocument;
    expect(schemaErrors(document)).toEqual([]);
    expect(code).toBe(130);
    const [result] = document.results;
    expect(result).toMatchObject({
      firstFailingRun: 0,
      counterexample: { token: null, choices: null },
      asExpected: true,
    });
    const replayed = await slow.heddle('replay', result!.counterexample!.file, '--json', '-');
    expect(JSON.parse(replayed.stdout)).toMatchObject({ verdict: { invariant: 'noPileUp' } });
  });
});

describe('kill -9 in the middle', () => {
  it('leaves the counterexamples that were found on disk, whole', async () => {
    const project = createProject().copy('project');
    const running = project.start(long);
    await running.until((output) => output.includes('till/no-overspend@till'));
    const { code } = await running.kill('SIGKILL');
    expect(code).toBeNull();
    const files = readdirSync(project.path('reports'));
    expect(files.sort()).toEqual(['counter_no-lost-update@racy-7.json', 'till_no-overspend@till-7.json']);
    const replays = files.map((file) => project.heddle('replay', `reports/${file}`));
    for (const replay of await Promise.all(replays)) {
      expect(replay.stdout).toContain('replayed: the same verdict, the same trace');
      expect(replay.code).toBe(0);
    }
  });

  it('while a counterexample is being shrunk leaves it as it was found', async () => {
    const project = createProject().copy('slow-to-shrink');
    const running = project.start(['run', '--seed', '7', '--runs', '5', '--workers', '1']);
    const files = (): string[] => (project.has('reports') ? readdirSync(project.path('reports')) : []);
    await running.until(() => files().some((name) => name.endsWith('.json')));
    await running.kill('SIGKILL');
    const [file] = files().filter((name) => name.endsWith('.json'));
    const { stdout, code } = await project.heddle('replay', `reports/${file!}`);
    expect(stdout).toContain('✗ violation noPileUp');
    expect(stdout).toContain('heddle replay pile/no-pile-up@pile --seed 7 --run 0 --strategy portfolio');
    expect(code).toBe(1);
  });
});
