import { expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/microtasks.mjs', import.meta.url);

test('fact 5: promises, thenables and generators take the same microtask steps on all versions', async () => {
  expect(await answerOf(fixture, 'steps')).toEqual({
    'a value': 1,
    'a settled promise': 1,
    'a rejected promise': 2,
    'a thenable': 2,
    'a promise returned from an async function': 2,
    'a promise resolved with a promise': 2,
    'a promise resolved with a thenable': 1,
    finally: 3,
    all: 1,
    allSettled: 1,
    any: 1,
    race: 1,
    'an async generator': 5,
    'a delegating generator': 8,
    'a generator left early': 5,
    'for await over an array': 6,
  });
});

test('fact 5: a stream delivers the same chunks on all versions', async () => {
  const delivered = await answerOf(fixture, 'streams');
  expect(delivered).toMatchObject({ seen: ['a', 'b', 'c', 'end'] });
});

// Stream internals move with minor versions, so each number holds for the version it was counted on and no other.
const ticksOfAStream: Readonly<Record<string, number>> = {
  'v20.20.2': 10,
  'v22.23.3': 10,
  'v24.21.0': 9,
  'v26.10.0': 9,
};

if (process.version in ticksOfAStream)
  test('fact 5: the nextTicks behind a stream differ between versions', async () => {
    expect(await answerOf(fixture, 'streams')).toMatchObject({ ticks: ticksOfAStream[process.version] });
  });
