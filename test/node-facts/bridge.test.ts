import { expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/bridge.mjs', import.meta.url);

test.each(['in the main thread', 'in a worker'])(
  'fact 18: Atomics.wait and receiveMessageOnPort ask a helper thread synchronously, %s',
  async (where) => {
    expect(await answerOf(fixture, where)).toEqual({
      wrong: [],
      'left over': 'nothing',
      'reached the event loop': false,
    });
  },
);
