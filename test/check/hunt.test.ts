import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Hunt, type CampaignResult, type HuntOptions, type Target } from '../../src/check/hunt.ts';
import { infoOf } from '../../src/check/load.ts';
import { Threads } from '../../src/check/threads.ts';
import counter from '../fixtures/project/scenarios/counter.ts';
import { erased } from '../fixtures/runs.ts';

const out = mkdtempSync(join(tmpdir(), 'heddle-hunt-'));
afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

function huntOf(threads: Threads, options: Partial<HuntOptions> = {}): Hunt {
  const info = infoOf(erased(counter), 'test/fixtures/project/scenarios/counter.ts');
  const targets: Target[] = info.subjects.map((subject) => ({ info, subject }));
  return new Hunt({
    targets,
    threads,
    seed: '7',
    strategy: 'mix',
    budget: { kind: 'runs', runs: 50 },
    out,
    ...options,
  });
}

const summary = ({ standing, runs }: CampaignResult): string =>
  `${standing}${standing === 'held' ? ` ${String(runs)}` : ''}`;

describe('a hunt', () => {
  it('that is interrupted while runs are repeated for comparison keeps its results', async () => {
    const threads = new Threads(1);
    const hunt = huntOf(threads);
    let open = hunt.targets.length;
    const results = await hunt.run({
      made: () => undefined,
      finished: () => {
        open -= 1;
        // By then the comparison has begun: it follows the last result in the same turn of the event loop.
        if (open === 0) setImmediate(() => void hunt.interrupt());
      },
    });
    expect(hunt.interrupted).toBe(true);
    expect(results.map(summary)).toEqual(['held 50', 'caught']);
  });

  it('under a time budget makes its first eighteen runs, and no further one when the time is over', async () => {
    const threads = new Threads(1);
    const hunt = huntOf(threads, { budget: { kind: 'time', ms: 0.001 } });
    expect(hunt.plannedRuns).toBeNull();
    const results = await hunt.run({ made: () => undefined, finished: () => undefined });
    await threads.end();
    expect(results.map(summary)).toEqual(['held 18', 'caught']);
  });
});
