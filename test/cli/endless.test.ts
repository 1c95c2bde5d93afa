import { describe, expect, it } from 'vitest';
import { createProject } from './project.ts';
import { schemaErrors } from './schema.ts';

const project = createProject().copy('endless');

describe('a loop without end', () => {
  it('ends in a limit that names its seed, or in a livelock, and is not a pass', async () => {
    const { code, document, stderr } = await project.run('--seed', '7', '--runs', '30', '--workers', '3');
    expect(schemaErrors(document)).toEqual([]);
    expect(code).toBe(4);
    expect(document.summary).toMatchObject({ judged: 1, inconclusive: 2 });
    const [microtasks, synchronous, timer] = [...document.results].sort((a, b) => (a.scenario < b.scenario ? -1 : 1));
    for (const result of [microtasks!, synchronous!]) {
      const { scenario, verdict, firstFailingRun, counterexample } = result;
      expect(verdict.kind).toBe('limit');
      expect(verdict.message).toMatch(
        `did not finish turn 2 within 10 s: a loop without end in ${scenario}@loop, seed 7, run ${String(firstFailingRun)}`,
      );
      expect(counterexample).toMatchObject({ token: null, seed: '7' });
      expect(stderr).toContain(
        `heddle replay ${scenario}@loop --seed 7 --run ${String(firstFailingRun)} --strategy portfolio`,
      );
    }
    expect(timer!.verdict).toMatchObject({ kind: 'livelock', invariant: 'noLivelock' });
    expect(timer!.verdict.message).toMatch(
      /^the body goes round in circles: from turn 500 on the same turn comes again and again, for 75000 turns \(main\/timeout 10 ms\)/,
    );
    expect(timer!.counterexample).toMatchObject({ seed: '7', token: expect.stringMatching(/^heddle1\./) as string });
  });
});
