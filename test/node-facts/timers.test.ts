import { expect, test } from 'vitest';
import { answerOf, nodeMajor } from './observe.ts';

const fixture = new URL('./fixtures/timers.mjs', import.meta.url);

test('fact 13: AbortSignal.timeout, timers/promises and its scheduler bypass the public timers', async () => {
  expect(await answerOf(fixture, 'what asks the public timers')).toEqual({
    setTimeout: ['setTimeout'],
    'AbortSignal.timeout': [],
    'timers/promises setTimeout': [],
    'timers/promises setImmediate': [],
    'timers/promises setInterval': [],
    'scheduler.wait': [],
    'scheduler.yield': [],
  });
});

test('fact 13: a named import keeps the old timer until module.syncBuiltinESMExports(), a plain reference for ever', async () => {
  expect(await answerOf(fixture, 'captured bindings')).toEqual({
    'kept until synced': true,
    'after syncBuiltinESMExports': ['ours', 'ours'],
    'a plain reference taken before': "Node's",
  });
});

test('fact 13: util.promisify needs promisify.custom on whatever replaces setTimeout', async () => {
  expect(await answerOf(fixture, 'promisify')).toEqual({
    "Node's setTimeout carries": true,
    'a wrapper without promisify.custom': 'ERR_INVALID_ARG_TYPE',
    'a wrapper with it': 'ours: x',
  });
});

test('fact 13: delays above 2^31 - 1 become 1, and so do zero, negative and absent ones', async () => {
  expect(await answerOf(fixture, 'delays')).toEqual({
    durations: {
      '2147483647': 2_147_483_647,
      '2147483648': 1,
      Infinity: 1,
      '0': 1,
      '-1': 1,
      NaN: 1,
      undefined: 1,
      '1.9': 1.9,
      '7': 7,
    },
    warned: [
      ...['TimeoutOverflowWarning', 'TimeoutOverflowWarning'],
      ...(nodeMajor >= 24 ? ['TimeoutNegativeWarning', 'TimeoutNaNWarning'] : []),
    ],
  });
});

test('fact 13: clearTimeout takes numbers and strings, clears intervals too, but no immediate', async () => {
  expect(await answerOf(fixture, 'clearing')).toEqual(['an immediate survives clearTimeout']);
});

test('fact 13: an unref-ed timer fires while anything else keeps the loop alive', async () => {
  const fired = await answerOf(fixture, 'unref-ed');
  expect(fired).toBe('an unref-ed timer fired while another kept the loop alive');
});
