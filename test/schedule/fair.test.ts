import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chooser } from '../../src/kernel/choice.ts';
import type { Enabled } from '../../src/kernel/enabled.ts';
import type { PendingEvent } from '../../src/kernel/event.ts';
import { FairChooser, inDueOrder } from '../../src/schedule/fair.ts';
import { PicksChooser } from '../../src/schedule/replay-picks.ts';
import { simulate } from '../in-world.ts';

/** Never picks what is due to `victim` as long as there is anything else. */
const starving = (victim: string, delays: boolean): Chooser => ({
  ...inDueOrder,
  delays,
  event: (enabled: Enabled) => {
    for (let i = enabled.size - 1; i > 0; i -= 1) if (enabled.at(i).label !== victim) return i;
    return 0;
  },
  delay: (_event: PendingEvent, room: number) => room,
});

/** Spins of several sorts, without end, and one completion whose turn ends the run. */
function spins(immediates: number, completions: number, timers: number): Parameters<typeof simulate>[0] {
  return (world) => {
    const again = (arm: (callback: () => void) => unknown): void => {
      const next = (): unknown => arm(next);
      next();
    };
    for (let i = 0; i < immediates; i += 1) again(setImmediate);
    for (let i = 0; i < completions; i += 1) again((callback) => world.complete('spin', 0, 1, callback));
    for (let i = 0; i < timers; i += 1) again((callback) => setTimeout(callback, 1));
    world.complete('victim', 3, 6, () => {
      world.stop();
    });
  };
}

const counts = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));

describe('a fair chooser', () => {
  it('lets everybody have a turn soon, whatever the chooser is that it keeps in check', async () => {
    await fc.assert(
      fc.asyncProperty(counts, fc.boolean(), async ([immediates, completions, timers], delays) => {
        const chooser = new FairChooser(starving('victim', delays));
        const { ending, world } = await simulate(spins(immediates, completions, timers), { chooser });
        expect(ending).toBe('stopped');
        // A thousand turns take a millisecond at most.
        expect(world.turn).toBeLessThan(8000);
      }),
      { numRuns: 40 },
    );
  });

  it('makes choices that stand on the list of the run and repeat it', async () => {
    const program = spins(1, 2, 1);
    const first = await simulate(program, { chooser: new FairChooser(starving('victim', true)) });
    const again = await simulate(program, { chooser: new PicksChooser(first.world.picks, true) });
    expect(again.world.hash.toString()).toBe(first.world.hash.toString());
    expect(again.world.picks).toEqual(first.world.picks);
  });

  it('is needed: the chooser alone starves them', async () => {
    const { ending } = await simulate(spins(0, 2, 0), { chooser: starving('victim', false), maxTurns: 20_000 });
    expect(ending).toBe('turns');
  });
});

describe('the order in which events are due', () => {
  it('is fair', async () => {
    await fc.assert(
      fc.asyncProperty(counts, async ([immediates, completions, timers]) => {
        const { ending, world } = await simulate(spins(immediates, completions, timers), { chooser: inDueOrder });
        expect(ending).toBe('stopped');
        expect(world.turn).toBeLessThan(8000);
      }),
      { numRuns: 40 },
    );
  });
});
