import { describe, expect, test } from 'vitest';
import { answerOf, observe } from './observe.ts';

const fixture = new URL('./fixtures/rejections.mjs', import.meta.url);

describe('fact 2: rejections are judged at the end of the turn', () => {
  test('fact 2: one that a nextTick or a late microtask of the same turn handles is never reported', async () => {
    expect(await answerOf(fixture, 'handled in the same turn')).toEqual(['caught', 'caught']);
  });

  test('fact 2: one that a later turn handles is reported in its turn, and as handled late in the other', async () => {
    expect(await answerOf(fixture, 'handled in a later turn')).toEqual([
      ...['unhandled: first turn', 'end of turn 1', 'caught', 'handled late', 'end of turn 2'],
    ]);
  });

  test('fact 2: several are reported in the order of rejection, before process._tickCallback() returns', async () => {
    expect(await answerOf(fixture, 'several at once')).toEqual([
      ...['tick', 'unhandled: a', 'unhandled: b', 'unhandled: c', 'returned'],
    ]);
  });
});

describe('fact 2: who hears of an unhandled rejection', () => {
  test('fact 2: without an unhandledRejection listener it is an uncaught exception, within the turn', async () => {
    expect(await answerOf(fixture, 'nobody listens for rejections')).toEqual([
      ...['unhandledRejection: nobody listens', 'returned'],
    ]);
  });

  test('fact 2: with no listener at all the process dies before the turn ends', async () => {
    const { answer, exitCode, stderr } = await observe(fixture, 'nobody listens at all');
    expect(answer).toBeUndefined();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nobody listens');
  });

  test("fact 2: swapped for a run, the host's listeners hear nothing of it, and come back with their once", async () => {
    expect(await answerOf(fixture, 'swapped listeners')).toEqual({
      world: ['warning', 'unhandledRejection'],
      hostDuring: [],
      host: ['unhandledRejection', 'unhandledRejection, once', 'unhandledRejection'],
    });
  });
});
