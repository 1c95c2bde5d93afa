import { describe, expect, test } from 'vitest';
import { answerOf } from './observe.ts';

const fixture = new URL('./fixtures/phases.mjs', import.meta.url);

describe('fact 3: phases are atomic', () => {
  test('fact 3: timers that had expired run back to back, with no I/O completion between them', async () => {
    expect(await answerOf(fixture, 'expired timers and I/O')).toEqual(['timer 1 timer 1 tick timer 2 timer 3']);
  });

  test('fact 3: immediates of one check phase run back to back, with no I/O and no timer between them', async () => {
    expect(await answerOf(fixture, 'immediates, I/O and timers')).toEqual(['immediate 1 immediate 2 immediate 3']);
  });

  test('fact 3: an immediate queued by an immediate waits for the next round', async () => {
    expect(await answerOf(fixture, 'an immediate queued by an immediate')).toEqual({
      'first second timer queued by the first': 50,
    });
  });

  test('fact 3: I/O does come between timers of different due times', async () => {
    expect(await answerOf(fixture, 'I/O between timers of different due times')).toBe(true);
  });
});

describe('fact 3: immediates against timers', () => {
  test('fact 3: an immediate from an I/O callback runs before a timer that expired meanwhile', async () => {
    expect(await answerOf(fixture, 'an immediate from an I/O callback')).toEqual({ 'immediate timer': 100 });
  });

  test('fact 3: an immediate from an I/O callback runs before older timers too', async () => {
    expect(['', 'io immediate timer']).toContain(
      String(await answerOf(fixture, 'an immediate from an I/O callback and older timers')),
    );
  });

  test('fact 3: an immediate and a 1 ms timer of the same turn come in either order', async () => {
    expect(await answerOf(fixture, 'an immediate and a timer of the same turn')).toEqual({
      'after a stall': ['timer immediate'],
      'immediate first was seen': true,
    });
  });
});

describe('fact 3: timers of one process', () => {
  test('fact 3: those of one duration fire first in, first out', async () => {
    const order = Array.from({ length: 20 }, (_, i) => i + 1).join(' ');
    expect(await answerOf(fixture, 'timers of one duration')).toEqual([order]);
  });

  test('fact 3: those of different durations fire in the order in which they are due', async () => {
    expect(await answerOf(fixture, 'timers of different durations')).toEqual([]);
  });
});
