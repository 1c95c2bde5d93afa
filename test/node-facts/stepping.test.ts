import { describe, expect, test } from 'vitest';
import { answerOf, observe } from './observe.ts';

const fixture = new URL('./fixtures/stepping.mjs', import.meta.url);
const orderOfATurn = [
  ...['tick 1', 'tick 2', 'microtask 1', 'microtask 2', 'tick 3'],
  ...['rejection', 'tick after the rejection'],
];

describe('fact 1: process._tickCallback() from macrotask level', () => {
  test('fact 1: drains nextTicks, then microtasks, then judges rejections, before it returns', async () => {
    expect(await answerOf(fixture, 'drain by call')).toEqual([...orderOfATurn, 'returned']);
  });

  test('fact 1: gives the order that Node itself gives between two callbacks', async () => {
    expect(await answerOf(fixture, 'drain by node')).toEqual(orderOfATurn);
  });

  test('fact 1: runs microtasks, and the nextTicks they queue, when no nextTick is queued', async () => {
    expect(await answerOf(fixture, 'drain without a tick')).toEqual(['microtask', 'tick']);
  });

  test('fact 1: returns only when nothing is left to drain', async () => {
    expect(await answerOf(fixture, 'drain completely')).toBe(1000);
  });

  test('fact 1: a real timer or immediate never fires in a run made of such calls, and does after it', async () => {
    expect(await answerOf(fixture, 'real timers')).toEqual({
      during: [],
      inTheEnd: ['immediate', 'timer'],
    });
  });
});

describe('fact 1: where process._tickCallback() does not serve', () => {
  test('fact 1: called inside a microtask it drains only nextTicks', async () => {
    expect(await answerOf(fixture, 'inside a microtask')).toEqual(['tick', 'returned']);
  });

  test('fact 1: turns made by awaiting process.nextTick put a microtask before a nextTick and judge no rejection', async () => {
    expect(await answerOf(fixture, 'turns by await')).toEqual([
      ...['turn 1', 'tick', 'microtask', 'turn 2', 'microtask', 'tick'],
      ...['end of the run', 'rejection', 'rejection', 'tick after the rejection', 'tick after the rejection'],
    ]);
  });
});

describe('fact 1: callbacks that throw inside process._tickCallback()', () => {
  test('fact 1: a stepper that catches what a nextTick threw can go on, but Node aborts when its macrotask ends', async () => {
    const { answer, exitCode, stderr } = await observe(fixture, 'a tick that throws, caught by the stepper');
    expect(answer).toEqual(['caught: from a tick', 'next tick', 'went on']);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('async hook stack has become corrupted');
  });

  test('fact 1: a stepper that does not catch it is cut short, and the error becomes an uncaught exception', async () => {
    expect(await answerOf(fixture, 'a tick that throws, not caught')).toEqual(['uncaught: from a tick']);
  });

  test('fact 1: caught inside the nextTick itself, nothing is cut short and nothing aborts', async () => {
    const caught = await answerOf(fixture, 'a tick that throws, caught in the tick');
    expect(caught).toEqual(['caught: from a tick', 'next tick', 'returned']);
  });

  test('fact 1: an error from a microtask becomes an uncaught exception on the spot and the drain goes on', async () => {
    const drained = await answerOf(fixture, 'a microtask that throws');
    expect(drained).toEqual(['uncaught: from a microtask', 'next microtask', 'returned']);
  });
});
