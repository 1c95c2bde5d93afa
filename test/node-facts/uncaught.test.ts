import { expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/uncaught.mjs', import.meta.url);

test.each(['a microtask', 'a nextTick', 'a timer', 'an immediate', 'a rejection', 'a microtask of a turn'])(
  'fact 13: after a handled uncaught exception from %s Node itself calls the public setImmediate',
  async (thrower) => {
    expect(await answerOf(fixture, thrower)).toEqual(['uncaughtException', 'setImmediate']);
  },
);
