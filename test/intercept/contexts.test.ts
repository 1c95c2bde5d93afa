import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { randomChooser } from '../choosers.ts';
import { resultOf, simulate } from '../in-world.ts';

const store = new AsyncLocalStorage<string>();

describe('AsyncLocalStorage of the code under test', () => {
  test.each<[string, (callback: () => void) => void]>([
    ['setTimeout', (callback) => setTimeout(callback, 1)],
    ['setImmediate', (callback) => setImmediate(callback)],
    [
      'process.nextTick',
      (callback) => {
        process.nextTick(callback);
      },
    ],
    ['queueMicrotask', queueMicrotask],
    ['a promise', (callback) => void Promise.resolve().then(callback)],
    ['timers/promises', (callback) => void sleep(1).then(callback)],
    [
      'an abort signal that times out',
      (callback) => {
        const signal = AbortSignal.timeout(1);
        void new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        }).then(callback);
      },
    ],
  ])('keeps its value over %s', async (_, queue) => {
    const got = await resultOf(
      () =>
        new Promise((resolve) => {
          store.run('request 1', () => {
            queue(() => {
              resolve(store.getStore());
            });
          });
        }),
    );
    expect(got).toBe('request 1');
  });

  test('keeps it for an interval, tick by tick, and for a timer that is refreshed elsewhere', async () => {
    const got = await resultOf(async () => {
      const log: unknown[] = [];
      const timers = store.run('owner', () => [
        setInterval(() => log.push(store.getStore()), 5),
        setTimeout(() => log.push(store.getStore()), 1),
      ]);
      await store.run('other', async () => {
        await sleep(3);
        timers[1]!.refresh();
        await sleep(9);
        clearInterval(timers[0]);
      });
      return log;
    });
    expect(got).toEqual(['owner', 'owner', 'owner', 'owner']);
  });

  test('keeps many requests apart, whatever the schedule', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const mixedUp = async (): Promise<string[]> => {
        const wrong: string[] = [];
        const request = (name: string): Promise<void> =>
          store.run(name, async () => {
            for (let i = 0; i < 4; i += 1) {
              await sleep(1 + Math.floor(Math.random() * 5));
              await new Promise((resolve) => setImmediate(resolve));
              if (store.getStore() !== name) wrong.push(`${name} saw ${String(store.getStore())}`);
            }
          });
        await Promise.all(['a', 'b', 'c', 'd'].map(request));
        return wrong;
      };
      expect(await resultOf(mixedUp, { chooser: randomChooser(seed) })).toEqual([]);
    }
  });

  test('a store that is made in the middle of a run works like any other', async () => {
    const got = await resultOf(
      () =>
        new Promise((resolve) => {
          const late = new AsyncLocalStorage<string>();
          late.run('value', () => {
            setTimeout(() => {
              resolve([late.getStore(), late.exit(() => late.getStore())]);
            }, 1);
          });
        }),
    );
    expect(got).toEqual(['value', undefined]);
  });

  test('snapshot, bind and AsyncResource serve as ever', async () => {
    const got = await resultOf(
      () =>
        new Promise((resolve) => {
          const [snapshot, bound, resource] = store.run('there', () => [
            AsyncLocalStorage.snapshot(),
            AsyncLocalStorage.bind(() => store.getStore()),
            new AsyncResource('test'),
          ]);
          setTimeout(() => {
            const read = (): unknown => store.getStore();
            resolve([store.getStore(), snapshot(read), bound(), resource.runInAsyncScope(read)]);
          }, 1);
        }),
    );
    expect(got).toEqual([undefined, 'there', 'there', 'there']);
  });

  test('the world knows tasks by contexts of its own, next to those', async () => {
    const { result } = await simulate(
      (world) =>
        new Promise((resolve) => {
          world.deliver('start', 'start client', world.process, world.createTask('client'), [0, 0], () => {
            store.run('request', () => {
              setTimeout(() => {
                resolve([store.getStore(), world.currentTask().name]);
              }, 1);
            });
          });
        }),
    );
    expect(result).toEqual(['request', 'client']);
  });
});
