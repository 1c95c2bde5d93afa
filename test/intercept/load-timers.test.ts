import { describe, expect, test } from 'vitest';
import { inheritLoadTimers, whileLoading } from '../../src/intercept/load-timers.ts';
import { simulate } from '../in-world.ts';
import { run } from '../../src/intercept/current.ts';

/** Loads a "module" that arms timers; what is left of them belongs to each run from then on. */
const load = <T>(module: () => T | Promise<T>): Promise<T> => whileLoading(async () => module());

const inherit = (): void => {
  inheritLoadTimers(run!.world, run!.inherited);
};

describe('timers that modules arm while they are loaded', () => {
  test('fire in every run, by virtual time, and never between runs', async () => {
    const fired: number[] = [];
    const interval = await load(() => setInterval(() => fired.push(performance.now()), 10));
    try {
      await new Promise((resolve) => setTimeout(resolve, 25));
      expect(fired).toEqual([]);
      for (let i = 0; i < 2; i += 1) {
        await simulate(inherit, { until: 35 });
        expect(fired.splice(0)).toEqual([10, 20, 30]);
      }
    } finally {
      clearInterval(interval);
    }
    await simulate(inherit, { until: 35 });
    expect(fired).toEqual([]);
  });

  test('a top-level await may wait for them: while loading lasts they are real', async () => {
    const loaded = await load(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return 'loaded';
    });
    expect(loaded).toBe('loaded');
    const { world } = await simulate(inherit);
    expect(world.turn).toBe(1);
  });

  test('cleared or refreshed in a run, they are so in that run only', async () => {
    const fired: string[] = [];
    const timer = await load(() => setTimeout(() => fired.push(`at ${String(performance.now())}`), 10));
    try {
      await simulate(() => {
        inherit();
        clearTimeout(timer);
      });
      expect(fired.splice(0)).toEqual([]);
      await simulate(() => {
        inherit();
        setTimeout(() => timer.refresh(), 5);
      });
      expect(fired.splice(0)).toEqual(['at 15']);
      await simulate(inherit);
      expect(fired.splice(0)).toEqual(['at 10']);
    } finally {
      timer.close();
    }
  });

  test('unref() and hasRef() have their surface', async () => {
    const timer = await load(() => setTimeout(() => undefined, 10));
    expect(timer.unref()).toBe(timer);
    expect(timer.ref()).toBe(timer);
    timer[Symbol.dispose]();
    const { world } = await simulate(inherit);
    expect(world.turn).toBe(1);
  });
});
