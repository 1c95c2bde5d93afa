import { describe, expect, it } from 'vitest';
import { Enabled } from '../../src/kernel/enabled.ts';
import type { PendingEvent } from '../../src/kernel/event.ts';
import { randomWalk } from '../../src/schedule/random-walk.ts';
import { randomFor, randomStreams } from '../../src/schedule/random.ts';
import { ordersOf } from './interleaving.ts';

/** Pearson's statistic of counts against their expected shares. */
function chiSquare(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, i) => sum + (count - total * shares[i]!) ** 2 / (total * shares[i]!), 0);
}

function count<T>(items: readonly T[], kinds: readonly T[]): number[] {
  return kinds.map((kind) => items.filter((item) => item === kind).length);
}

// Beyond these a fair walk falls once in a thousand campaigns; the seed is fixed, so it is this one or never.
const LIMIT = { 4: 18.5, 5: 20.5, 24: 51.2 } as const;

describe('random walk', () => {
  it('takes each of five enabled events equally often, and each pair of successive choices', () => {
    const streams = randomStreams('test', 'walk');
    const walks = Array.from({ length: 5000 }, (_, index) =>
      randomWalk.chooser({ index, random: streams(index), knowledge: null }),
    );
    const five = new Enabled();
    for (let i = 0; i < 5; i += 1) five.add(null as unknown as PendingEvent);
    const pairs = walks.map((walk) => 5 * walk.event(five) + walk.event(five));
    const firsts = pairs.map((pair) => Math.floor(pair / 5));
    expect(chiSquare(count(firsts, [0, 1, 2, 3, 4]), Array<number>(5).fill(1 / 5))).toBeLessThan(LIMIT[4]);
    const kinds = Array.from({ length: 25 }, (_, i) => i);
    expect(chiSquare(count(pairs, kinds), Array<number>(25).fill(1 / 25))).toBeLessThan(LIMIT[24]);
  });

  it('takes the orders of two tasks of two steps as often as coin flips would', async () => {
    // A flip decides each choice until only one task is left. Starting is a choice, too: a task has three events.
    const orders = await ordersOf([2, 2], { strategy: 'random', runs: 8000, knowledge: null });
    const kinds = ['aabb', 'abab', 'abba', 'baab', 'baba', 'bbaa'];
    const shares = kinds.map(shareOfWalks);
    expect(shares.reduce((sum, each) => sum + each)).toBeCloseTo(1, 9);
    expect(chiSquare(count(orders, kinds), shares)).toBeLessThan(LIMIT[5]);
  });
});

/** The share of walks that show `order`, a start event before the steps of each of two tasks. */
function shareOfWalks(order: string): number {
  const walk = (seen: string, left: readonly [number, number]): number => {
    if (left[0] === 0 && left[1] === 0) return seen === order ? 1 : 0;
    const flips = left.filter((count) => count > 0).length;
    let share = 0;
    for (const task of [0, 1] as const) {
      if (left[task] === 0) continue;
      const started = left[task] < 3;
      const rest: [number, number] = [left[0], left[1]];
      rest[task] -= 1;
      share += walk(started ? seen + 'ab'[task]! : seen, rest) / flips;
    }
    return share;
  };
  return walk('', [3, 3]);
}

describe('streams of random numbers', () => {
  it('of neighbouring runs have nothing in common', () => {
    const streams = randomStreams('schedule', '7');
    const first = Array.from({ length: 4096 }, (_, index) => streams(index).uint32());
    expect(new Set(first).size).toBe(4096);
    for (let bit = 0; bit < 32; bit += 1) {
      const set = first.filter((value) => (value >>> bit) & 1).length;
      const flips = first.filter((value, i) => i > 0 && ((value ^ first[i - 1]!) >>> bit) & 1).length;
      // Four standard deviations of 4096 coins: 32 each.
      expect(Math.abs(set - 2048)).toBeLessThan(128);
      expect(Math.abs(flips - 2048)).toBeLessThan(128);
    }
  });

  it('follow from their parts alone', () => {
    const draw = (...parts: string[]): number[] => Array.from({ length: 5 }, () => randomFor(...parts).uint32());
    expect(draw('7', 'a')).toEqual(draw('7', 'a'));
    expect(randomFor('7', 'a').uint32()).not.toBe(randomFor('7a').uint32());
    expect(randomStreams('7')(3).uint32()).toBe(randomStreams('7')(3).uint32());
  });
});
