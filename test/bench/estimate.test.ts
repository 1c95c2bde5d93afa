import { describe, expect, it } from 'vitest';
import { estimate, geometricMean, isAbove, lowerBound } from '../../src/bench/discovery/estimate.ts';
import { studentT } from '../../src/bench/discovery/student-t.ts';
import { randomFor } from '../../src/schedule/random.ts';

describe("Student's t", () => {
  // From published tables.
  it.each([
    [0.975, 1, 12.706],
    [0.975, 2, 4.303],
    [0.95, 5, 2.015],
    [0.975, 19, 2.093],
    [0.95, 19, 1.729],
    [0.975, 30, 2.042],
    [0.975, 199, 1.972],
    [0.95, 199, 1.653],
  ])('quantile %f with %i degrees of freedom is %f', (probability, degrees, value) => {
    expect(studentT(probability, degrees)).toBeCloseTo(value, 2);
  });
});

describe('the mean of trials', () => {
  /** Schedules until something of probability `p` is found. */
  const geometric = (next: () => number, p: number): number => 1 + Math.floor(Math.log(1 - next()) / Math.log(1 - p));

  it.each([0.5, 0.2, 0.05])(
    'of probability %f is said to be above a published one of its like in at most 5 of 100',
    (p) => {
      const random = randomFor('above', String(p));
      const next = (): number => random.next();
      const trials = (count: number): number[] => Array.from({ length: count }, () => geometric(next, p));
      let above = 0;
      for (let i = 0; i < 500; i += 1) {
        const published = Math.round(trials(20).reduce((sum, each) => sum + each, 0) / 20);
        if (isAbove(trials(200), published, 20)) above += 1;
      }
      expect(above).toBeLessThanOrEqual(35);
      // It does tell of a mean four times as large.
      expect(isAbove(trials(200), Math.max(1, 1 / (4 * p)), 20)).toBe(true);
    },
  );

  it.each([
    [20, 0.5],
    [20, 0.1],
    [20, 0.01],
    [200, 0.1],
  ])(
    'of %i trials with probability %f lies in its interval 9 times in 10 or more, and above its bound 93 in 100',
    (n, p) => {
      const random = randomFor('coverage', n, p);
      const samples = 1000;
      let covered = 0;
      let above = 0;
      for (let i = 0; i < samples; i += 1) {
        const values = Array.from({ length: n }, () => geometric(() => random.next(), p));
        const [low, high] = estimate(values).interval!;
        if (low <= 1 / p && 1 / p <= high) covered += 1;
        if (lowerBound(values)! <= 1 / p) above += 1;
      }
      expect(covered / samples).toBeGreaterThan(0.9);
      expect(above / samples).toBeGreaterThan(0.93);
    },
  );

  it('is in its interval, which is narrower with more trials', () => {
    const few = estimate([3, 5, 9, 1]);
    const many = estimate(Array.from({ length: 10 }, () => [3, 5, 9, 1]).flat());
    expect(few.mean).toBe(4.5);
    expect(few.interval![0]).toBeLessThan(4.5);
    expect(few.interval![1]).toBeGreaterThan(4.5);
    expect(many.interval![1] - many.interval![0]).toBeLessThan(few.interval![1] - few.interval![0]);
  });

  it('of a single trial has no interval', () => {
    expect(estimate([7])).toEqual({ mean: 7, interval: null });
    expect(lowerBound([7])).toBeNull();
  });

  it('that is 1 in all of 20 trials may still be 1.2', () => {
    const { interval } = estimate(Array.from({ length: 20 }, () => 1));
    expect(interval![0]).toBe(1);
    expect(interval![1]).toBeCloseTo(1.203, 3);
  });

  it('has no schedules before the first in its interval', () => {
    expect(estimate([1, 1, 1, 2]).interval![0]).toBe(1);
  });
});

describe('the geometric mean of programs', () => {
  it('is that of their means', () => {
    expect(geometricMean([[1, 3], [8], [32]]).mean).toBeCloseTo(8);
  });

  it('of one program has about the interval of that program', () => {
    const values = Array.from({ length: 200 }, (_, i) => 1 + (i % 40));
    const [low, high] = estimate(values).interval!;
    const { interval } = geometricMean([values]);
    expect(interval![0]).toBeCloseTo(low, 0);
    expect(interval![1]).toBeCloseTo(high, 0);
  });

  it('has no interval where one has a single trial', () => {
    expect(geometricMean([[1, 2, 3], [4]]).interval).toBeNull();
  });
});
