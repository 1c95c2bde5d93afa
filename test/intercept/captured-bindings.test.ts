import { createRequire } from 'node:module';
import * as timersNamespace from 'node:timers';
import { describe, expect, test } from 'vitest';
import { EPOCH } from '../../src/kernel/clock.ts';
import { resultOf, simulateWatched } from '../in-world.ts';

interface Captured {
  readonly fromTimers: typeof setTimeout;
  readonly setImmediate: typeof setImmediate;
  readonly clearTimeout: typeof clearTimeout;
  readonly globalTimeout: typeof setTimeout;
  readonly sleep: (ms: number) => Promise<void>;
  readonly randomBytes: (size: number) => Buffer;
  readonly nextTick: typeof process.nextTick;
  readonly hrtime: typeof process.hrtime;
  readonly now: () => number;
  readonly random: () => number;
  readonly performanceNow: () => number;
}

const require = createRequire(import.meta.url);
const kinds: readonly [string, () => Promise<Captured>][] = [
  ['by require', () => Promise.resolve(require('./fixtures/captured.cjs') as Captured)],
  ['by import', async () => (await import(new URL('./fixtures/captured.mjs', import.meta.url).href)) as Captured],
];

describe.each(kinds)('what a module captured at import time, %s', (_, load) => {
  test('timers and clocks are those of the run', async () => {
    const captured = await load();
    const { result, escapes } = await simulateWatched(
      () =>
        new Promise((resolve) => {
          captured.clearTimeout(captured.globalTimeout(() => undefined, 5));
          captured.globalTimeout(() => {
            captured.fromTimers(() => {
              captured.setImmediate(() => {
                captured.nextTick(() => {
                  void captured.sleep(3).then(() => {
                    resolve([captured.now() - EPOCH, captured.performanceNow(), captured.hrtime()]);
                  });
                });
              });
            }, 7);
          }, 10);
        }),
    );
    expect(escapes).toEqual([]);
    expect(result).toEqual([20, 20, [0, 20_000_000]]);
  });

  test('so is randomness', async () => {
    const captured = await load();
    const draw = (): unknown => [captured.random(), captured.randomBytes(4).toString('hex')];
    expect(await resultOf(draw)).toEqual(await resultOf(draw));
  });
});

test('the namespace of node:timers leads to the run', async () => {
  const at = await resultOf(
    () =>
      new Promise((resolve) => {
        timersNamespace.setTimeout(() => {
          resolve(performance.now());
        }, 10);
      }),
  );
  expect(at).toBe(10);
});
