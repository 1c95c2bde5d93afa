import { scheduler, setImmediate as immediate, setInterval as ticks, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { resultOf, simulateWatched } from '../in-world.ts';

const caught = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    return await promise;
  } catch (error) {
    const { name, code, cause } = error as { name: string; code: string; cause: unknown };
    return { name, code, cause };
  }
};
const aborted = (cause: unknown): unknown => ({ name: 'AbortError', code: 'ABORT_ERR', cause });

describe('timers/promises', () => {
  test('setTimeout, setImmediate and the scheduler take virtual time and create nothing real', async () => {
    const { result, escapes } = await simulateWatched(async () => {
      const log: unknown[] = [];
      log.push(await sleep(10, 'value'), performance.now());
      log.push(await immediate('now'), performance.now());
      await scheduler.wait(5);
      log.push(performance.now());
      await scheduler.yield();
      await sleep();
      log.push(performance.now());
      return log;
    });
    expect(escapes).toEqual([]);
    expect(result).toEqual(['value', 10, 'now', 10, 15, 16]);
  });

  test('an abort signal ends the wait, before it or during it, and leaves no timer behind', async () => {
    const { result, world } = await simulateWatched(async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const during = [sleep(1000, null, { signal }), immediate(null, { signal }), scheduler.wait(1000, { signal })];
      controller.abort('enough');
      return Promise.all([...during, sleep(1000, null, { signal }), immediate(null, { signal })].map(caught));
    });
    expect(result).toEqual(Array.from({ length: 5 }, () => aborted('enough')));
    expect([world.now, world.process.pendingCount()]).toEqual([0, 0]);
  });

  test('a signal that aborts afterwards changes nothing', async () => {
    const value = await resultOf(async () => {
      const controller = new AbortController();
      const got = await sleep(1, 'got', { signal: controller.signal });
      controller.abort();
      return got;
    });
    expect(value).toBe('got');
  });

  test('setInterval yields once per tick, and for every tick that was missed', async () => {
    const log = await resultOf(async () => {
      const entries: unknown[] = [];
      for await (const value of ticks(10, 'tick')) {
        entries.push(value, performance.now());
        if (entries.length === 2) await sleep(25);
        if (entries.length === 8) break;
      }
      return entries;
    });
    expect(log).toEqual(['tick', 10, 'tick', 35, 'tick', 35, 'tick', 40]);
  });

  test('breaking out of the interval stops its timer', async () => {
    const { world } = await simulateWatched(async () => {
      for await (const _ of ticks(10)) break;
    });
    expect(world.process.pendingCount()).toBe(0);
  });

  test('an abort signal ends the interval', async () => {
    const result = await resultOf(async () => {
      const controller = new AbortController();
      let seen = 0;
      const loop = async (): Promise<void> => {
        for await (const _ of ticks(10, null, { signal: controller.signal })) seen += 1;
      };
      setTimeout(() => {
        controller.abort('enough');
      }, 25);
      return [await caught(loop()), seen];
    });
    expect(result).toEqual([aborted('enough'), 2]);
  });

  test('outside of a run they are real', async () => {
    expect(await sleep(1, 'value')).toBe('value');
    expect(await immediate('value')).toBe('value');
    await scheduler.wait(1);
    await scheduler.yield();
    for await (const value of ticks(1, 'tick')) {
      expect(value).toBe('tick');
      break;
    }
    const signal = AbortSignal.abort('enough');
    expect(await caught(sleep(1000, null, { signal }))).toEqual(aborted('enough'));
  });
});
