import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunks, rounds, sampled } from '../../src/check/rounds.ts';

const runs = fc.integer({ min: 1, max: 20_000 });

describe('rounds', () => {
  it('are of one run at first, so that a strategy learns soon, and grow by a quarter', () => {
    const ends = [...rounds(60)].map(([, to]) => to);
    expect(ends).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 41, 51, 60]);
  });

  it('stop growing', () => {
    expect(Math.max(...[...rounds(50_000)].map(([from, to]) => to - from))).toBe(1024);
  });

  it('cover the runs without gap or overlap, whatever their number', () => {
    fc.assert(
      fc.property(runs, (count) => {
        let next = 0;
        for (const [from, to] of rounds(count)) {
          expect(from).toBe(next);
          expect(to).toBeGreaterThan(from);
          next = to;
        }
        expect(next).toBe(count);
      }),
    );
  });

  it('of a shorter campaign are those of a longer one, cut off: more runs change nothing that was', () => {
    fc.assert(
      fc.property(runs, runs, (a, b) => {
        const [short, long] = [[...rounds(Math.min(a, b))], [...rounds(Math.max(a, b))]];
        expect(long.slice(0, short.length - 1)).toEqual(short.slice(0, -1));
        expect(long[short.length - 1]![0]).toBe(short.at(-1)![0]);
      }),
    );
  });
});

describe('chunks', () => {
  const round = fc.tuple(fc.nat(5000), fc.integer({ min: 1, max: 3000 })).map(([from, n]) => [from, from + n] as const);

  it('cover a round without gap or overlap, at boundaries that do not depend on it', () => {
    fc.assert(
      fc.property(round, fc.boolean(), ([from, to], isolated) => {
        const shared = to - from < 1024 ? 32 : 128;
        const size = isolated ? 1 : shared;
        let next = from;
        for (const [begin, end] of chunks([from, to], isolated)) {
          expect(begin).toBe(next);
          expect(begin === from || begin % size === 0).toBe(true);
          expect(end === to || end % size === 0).toBe(true);
          next = end;
        }
        expect(next).toBe(to);
      }),
    );
  });
});

describe('sampled runs', () => {
  it('are 0, 1, 3, 7 … however the runs are cut into pieces', () => {
    fc.assert(
      fc.property(runs, (count) => {
        const whole = sampled(0, count);
        const pieces = [...rounds(count)].flatMap((each) => chunks(each, true)).flatMap(([a, b]) => sampled(a, b));
        expect(pieces).toEqual(whole);
        expect(whole).toEqual(
          [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383].filter((i) => i < count),
        );
      }),
    );
  });
});
