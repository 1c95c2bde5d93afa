import { expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/garbage.mjs', import.meta.url);

test('fact 9: what waits for a promise that nothing can settle is collected, and never resumed', async () => {
  const collected = await answerOf(fixture, 'never settled', '--expose-gc');
  expect(collected).toEqual({ mostWereCollected: true, resumed: 0 });
});

test('fact 14: the target of a WeakRef lives to the end of its turn and may be gone in the next turn of one run', async () => {
  const references = await answerOf(fixture, 'weak references', '--expose-gc');
  expect(references).toEqual({ inTheSameTurn: 200, mostDiedInALaterTurn: true });
});

test('fact 14: finalizers do not run during a synchronous run, only when Node is back in its event loop', async () => {
  expect(await answerOf(fixture, 'finalizers', '--expose-gc')).toEqual({ during: 0, after: 'some' });
});
