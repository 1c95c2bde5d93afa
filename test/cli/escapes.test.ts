import { describe, expect, it } from 'vitest';
import { createProject } from './project.ts';
import { schemaErrors } from './schema.ts';

const project = createProject().copy('escapes');
const { code, document, stderr } = await project.run('--seed', '7', '--runs', '20');
const results = new Map(document.results.map((result) => [result.scenario.replace('client/', ''), result]));

/** `file:line` of the call in the user's file. */
function place(call: string): string {
  const lines = project.read('src/client.ts').split('\n');
  return `src/client.ts:${String(lines.findIndex((line) => line.includes(call)) + 1)}:`;
}

describe('code that reaches the real world', () => {
  it('is reported as an escape and ends with code 3', () => {
    expect(schemaErrors(document)).toEqual([]);
    expect(code).toBe(3);
    expect(document.summary).toMatchObject({ held: 2, unexpected: 3 });
  });

  it.each([
    ['reads-file', 'readFile(new', /^FSREQCALLBACK reached the real world at /],
    ['opens-socket', 'connect({', /^TCP\w+ reached the real world at /],
    [
      'fetches-from-nobody',
      'await fetch(',
      /^fetch POST https:\/\/stock\.example\/shoes\/42 reached the real world at /,
    ],
  ])('%s: with file and line of the user', (scenario, call, what) => {
    const { verdict, asExpected } = results.get(scenario)!;
    expect(verdict).toMatchObject({ kind: 'escape', invariant: 'noEscape' });
    expect(verdict.message).toMatch(what);
    expect(verdict.message).toContain(place(call));
    expect(stderr).toContain(place(call));
    expect(asExpected).toBe(false);
  });

  it('fetch is answered by a device, a captured timer of node:timers/promises is virtual', () => {
    expect(results.get('fetches')).toMatchObject({ verdict: { kind: 'holds' }, runs: 20 });
    expect(results.get('sleeps')).toMatchObject({ verdict: { kind: 'holds' }, runs: 20 });
  });

  it('replays as an escape', async () => {
    const { counterexample } = results.get('reads-file')!;
    const replayed = await project.heddle('replay', counterexample!.file);
    expect(replayed.stdout).toContain('✗ escape noEscape');
    expect(replayed.code).toBe(0);
  });
});
