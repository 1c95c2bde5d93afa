import { expect, it } from 'vitest';
import { day } from '../../scenarios/lock/specimens/day.ts';
import { explore } from '../../src/check/explore.ts';

/** Real ms for a run of 864,000 acquires and as many releases on one virtual day. */
const LIMIT_MS = 10_000;

it('simulates a day of a lock with ten clients, an acquire a second each, in less than ten seconds', async () => {
  const campaign = { scenario: day.name, subject: 'ours', seed: '7', strategy: 'random', runs: 1 };
  const began = performance.now();
  const result = await explore(
    day as never,
    { campaign, from: 0, to: 1, knowledge: null, samples: [] },
    { cells: null },
  );
  const elapsed = performance.now() - began;
  expect(result.failure).toBeNull();
  expect(result.reached).toEqual(['contended']);
  // Each acquire is a timer and a critical section.
  expect(result.turns).toBeGreaterThanOrEqual(2 * 864_000);
  expect(elapsed).toBeLessThan(LIMIT_MS);
});
