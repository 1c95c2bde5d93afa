import { expect, test } from 'vitest';
import { answerOf, nodeMajor } from './observe.ts';

const fixture = new URL('./fixtures/clock.mjs', import.meta.url);

test('fact 13: Intl.DateTimeFormat without an argument and the Date of a vm context follow the real clock', async () => {
  expect(await answerOf(fixture, 'with another Date')).toMatchObject({
    'Date.now': 0,
    'Intl format(date)': '1970',
    'Intl format() is real': true,
    'Intl formatToParts() is real': true,
    'Date of a new vm context is real': true,
    'Date of a script of this context': 0,
  });
});

test("fact 13: structuredClone and fs make dates of Node's class, not of the one that replaced it", async () => {
  expect(await answerOf(fixture, 'with another Date')).toMatchObject({
    'structuredClone of a date makes': "Node's",
    'instanceof Date for a clone': false,
    'instanceof Date for what fs returns': false,
  });
});

test('fact 13: a class that extends Date reads the clock in super()', async () => {
  expect(await answerOf(fixture, 'a class extends Date')).toEqual({ real: true, isDate: true });
});

test('fact 13: Event.timeStamp and performance.mark do not ask performance.now; the imported object is the global', async () => {
  expect(await answerOf(fixture, 'with another performance.now')).toEqual({
    'performance.now': -1,
    'of the imported object': -1,
    'Event.timeStamp is real': true,
    'performance.mark is real': true,
    'performance.toJSON has a real timeOrigin': true,
  });
});

test('fact 13: process.uptime and performance.now do not ask process.hrtime', async () => {
  expect(await answerOf(fixture, 'with another process.hrtime')).toEqual({
    'process.uptime is real': true,
    'performance.now is real': true,
  });
});

test('fact 13: performance.timeOrigin + performance.now() is the time of Date.now()', async () => {
  expect(await answerOf(fixture, 'one clock')).toBe(true);
});

test('fact 13: Temporal.Now, there from Node 26 on, follows the real clock', async () => {
  expect(await answerOf(fixture, 'Temporal')).toBe(nodeMajor >= 26 ? true : 'absent');
});
