import { expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/stall.mjs', import.meta.url);

test("fact 4: after a stall a timer overtakes one of another duration that was due before it, with its own duration's list", async () => {
  expect(await answerOf(fixture, 'with a stall')).toBe('100 ms, due first, 100 ms, due last, 130 ms, due second');
});

test('fact 4: without a stall the same timers fire in the order in which they are due', async () => {
  expect(await answerOf(fixture, 'without a stall')).toBe('100 ms, due first, 130 ms, due second, 100 ms, due last');
});
