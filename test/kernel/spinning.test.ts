import { describe, expect, it } from 'vitest';
import { randomChooser } from '../choosers.ts';
import { simulate } from '../in-world.ts';

const spinUntil = (done: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const again = (): void => {
      if (done()) resolve();
      else setImmediate(again);
    };
    setImmediate(again);
  });

describe('code that asks again and again without waiting', () => {
  it('sees time go on by a millisecond in a thousand turns', async () => {
    const { world } = await simulate(async () => {
      const begin = performance.now();
      await spinUntil(() => performance.now() >= begin + 5);
    });
    expect(world.now).toBe(5);
    expect(world.turn).toBeGreaterThan(5000);
    expect(world.turn).toBeLessThan(5020);
  });

  it('does not keep timers and completions from coming', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { ending } = await simulate(
        async (world) => {
          const came = new Set<string>();
          setTimeout(() => came.add('timer'), 5);
          world.complete('reply', 3, 8, () => came.add('reply'));
          await spinUntil(() => came.size === 2);
        },
        { chooser: randomChooser(seed, { delays: false }), maxTurns: 20_000 },
      );
      expect(ending).toBe('stopped');
    }
  });

  it('makes nothing late', async () => {
    const late: string[] = [];
    const { world } = await simulate(async (each) => {
      let left = 50;
      for (let i = 0; i < 50; i += 1) {
        each.complete(`reply ${String(i)}`, i / 10, i / 10 + 0.25, () => {
          left -= 1;
          if (each.now > i / 10 + 0.25) late.push(`reply ${String(i)} at ${String(each.now)}`);
        });
      }
      await spinUntil(() => left === 0);
    });
    expect(late).toEqual([]);
    expect(world.now).toBeLessThan(6);
  });

  it('costs no time where it comes to an end by itself', async () => {
    const { world } = await simulate(async () => {
      let turns = 0;
      await spinUntil(() => (turns += 1) > 900);
    });
    expect(world.now).toBe(0);
  });
});
