import { afterAll, describe, expect, it } from 'vitest';
import type { Campaign } from '../../src/check/campaign.ts';
import { exploreCampaign } from '../../src/check/exploration.ts';
import { Threads } from '../../src/check/threads.ts';

const file = 'scenarios/sctbench/programs.ts';
const threads = new Threads(2);

afterAll(() => threads.end());

describe('a campaign in one thread', () => {
  // Found late enough that strategies have learnt from some rounds by then: the first eight are of one run each.
  it.each(['random', 'pct3', 'pos', 'urw', 'surw', 'reads-from', 'delay-bounded', 'mix', 'portfolio'])(
    'of %s fails at the run at which it fails in several',
    async (strategy) => {
      const runs: number[] = [];
      for (const seed of ['1', '2', '3']) {
        const campaign: Campaign = { scenario: 'sctbench/reorder_10', subject: 'bad', seed, strategy, runs: 400 };
        const explored = await exploreCampaign(campaign, {
          ...{ threads, file, isolated: false },
          again: () => true,
          made: () => undefined,
          failed: () => Promise.resolve(),
        });
        const alone = await threads.do('firstFailure', { file, campaign });
        expect(alone).toEqual({ runs: explored.runs, verdict: explored.failure?.verdict ?? null, tainted: false });
        if (explored.failure !== null) expect(alone.runs).toBe(explored.failure.index + 1);
        runs.push(alone.runs);
      }
      expect(Math.max(...runs)).toBeGreaterThan(4);
    },
  );
});
