import { expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/terminate.mjs', import.meta.url);

test.each(['a spin', 'a microtask loop', 'a nextTick loop', 'Atomics.wait', 'a catastrophic regex'])(
  'fact 16: worker.terminate() stops %s; messages posted before still arrive, shared memory was readable meanwhile',
  async (how) => {
    expect(await answerOf(fixture, how)).toEqual({
      sharedCell: 42,
      receivedBefore: 0,
      code: 1,
      exit: 1,
      messages: ['first', 'second'],
    });
  },
);
