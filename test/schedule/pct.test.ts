import { describe, expect, it } from 'vitest';
import { pct, type PctKnowledge } from '../../src/schedule/pct.ts';
import { choicesOf, ordersOf, stretches } from './interleaving.ts';

const runs = 2000;

function share(orders: readonly string[], hit: (order: string) => boolean): number {
  return orders.filter(hit).length / orders.length;
}

describe('PCT', () => {
  it('of depth 1 runs tasks to their ends, one after the other, each order equally often', async () => {
    const orders = await ordersOf([3, 3, 3], { strategy: 'pct1', runs, knowledge: { steps: 20 } });
    const seen = new Set(orders);
    for (const order of ['aaabbbccc', 'aaacccbbb', 'bbbaaaccc', 'bbbcccaaa', 'cccaaabbb', 'cccbbbaaa']) {
      expect(share(orders, (each) => each === order)).toBeGreaterThan(1 / 6 - 0.04);
      seen.delete(order);
    }
    expect([...seen]).toEqual([]);
  });

  it.each([2, 3, 4])('of depth %i preempts at most depth - 1 times', async (depth) => {
    const orders = await ordersOf([5, 5], { strategy: `pct${String(depth)}`, runs, knowledge: { steps: 12 } });
    const most = Math.max(...orders.map(stretches));
    // Two tasks in a row are two stretches; each change point adds one at most.
    expect(most).toBe(2 + depth - 1);
  });

  it('finds a bug of depth 2 at least as often as promised: 1 / (n k)', async () => {
    // Only after the eleventh of twelve steps of `a` is `b` wrong to come: one place of many.
    const steps = [12, 1];
    const tasks = steps.length + 1;
    const k = await choicesOf(steps, 'pct2', { steps: 20 });
    const bug = (order: string): boolean => order.startsWith(`${'a'.repeat(11)}b`);
    const promised = 1 / (tasks * k);
    const found = share(await ordersOf(steps, { strategy: 'pct2', runs: 6000, knowledge: { steps: k } }), bug);
    // Three standard deviations of a share of 6000 runs.
    expect(found).toBeGreaterThan(promised - 3 * Math.sqrt((promised * (1 - promised)) / 6000));
    const walked = share(await ordersOf(steps, { strategy: 'random', runs: 6000, knowledge: null }), bug);
    expect(walked).toBeLessThan(found / 4);
  });

  it('learns the length of runs from the longest, and forgets nothing', () => {
    const strategy = pct(3);
    const learn = (knowledge: PctKnowledge, ...steps: number[]): PctKnowledge =>
      strategy.learn(
        knowledge,
        steps.map((each, index) => ({ index, steps: each })),
      );
    const once = learn(strategy.initial, 5, 90, 7);
    expect(once).toEqual({ steps: 90 });
    expect(learn(once, 12)).toEqual({ steps: 90 });
    expect(learn(once, 300)).toEqual({ steps: 300 });
    expect(learn(strategy.initial)).toEqual(strategy.initial);
  });
});
