import { describe, expect, test } from 'vitest';
import { answerOf, nodeMajor } from './observe.ts';

const fixture = new URL('./fixtures/attribution.mjs', import.meta.url);

describe('fact 6: what AsyncLocalStorage attributes alike on all versions', () => {
  test('fact 6: a promise continuation belongs to whoever waits', async () => {
    expect(await answerOf(fixture, 'promises')).toEqual({ then: 'waiter', await: 'waiter', 'await all': 'waiter' });
  });

  test('fact 6: a step of a generator belongs to whoever asked for it', async () => {
    expect(await answerOf(fixture, 'generators')).toEqual([
      ...['first', 'second', 'async first', 'async second', 'async second'],
    ]);
  });

  test('fact 6: what follows events.once belongs to whoever waits', async () => {
    expect(await answerOf(fixture, 'events.once')).toBe('waiter');
  });

  test('fact 6: a nextTick, microtask, immediate or timer belongs to whoever queued it', async () => {
    expect(await answerOf(fixture, 'queued callbacks')).toEqual({
      nextTick: 'waiter',
      microtask: 'waiter',
      immediate: 'waiter',
      timer: 'waiter',
    });
  });

  test('fact 6: emitter listeners, abort listeners and callback waiters belong to whoever released them', async () => {
    expect(await answerOf(fixture, 'released')).toEqual({
      emitter: 'releaser',
      abort: 'releaser',
      callback: 'releaser',
    });
  });
});

describe('fact 6: what it attributes by version', () => {
  const settlement = nodeMajor >= 24 ? 'releaser' : 'creator';

  test(`fact 6: then() of a thenable belongs to the promise's ${settlement} here; what awaits it, to the waiter`, async () => {
    expect(await answerOf(fixture, 'thenables')).toEqual({
      'then() of the thenable': settlement,
      'who awaits it': 'waiter',
      'then() of an awaited thenable': 'waiter',
    });
  });

  test(`fact 6: the report of an unhandled rejection belongs to the promise's ${settlement} here`, async () => {
    expect(await answerOf(fixture, 'rejections')).toBe(settlement);
  });
});
