import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromMicros, LARGEST_AMOUNT, toMicros } from '../../../src/systems/budget/money.ts';

test('every whole number of millionths survives the way in and out, up to the largest', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LARGEST_AMOUNT * 1_000_000 }), (micros) => {
      expect(toMicros('cost', micros / 1_000_000, 'up')).toBe(BigInt(micros));
      expect(toMicros('limit', micros / 1_000_000, 'down')).toBe(BigInt(micros));
      expect(fromMicros(BigInt(micros))).toBe(micros / 1_000_000);
    }),
  );
});

test('a cost is never counted for less, nor a limit for more, than it is', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1_000, noNaN: true }), (amount) => {
      const [cost, limit] = [Number(toMicros('cost', amount, 'up')), Number(toMicros('limit', amount, 'down'))];
      const noise = 1e-6 + amount * 1e6 * 1e-14;
      expect(cost).toBeGreaterThanOrEqual(amount * 1e6 - noise);
      expect(cost).toBeLessThan(amount * 1e6 + 1);
      expect(limit).toBeLessThanOrEqual(amount * 1e6 + noise);
      expect(limit).toBeGreaterThan(amount * 1e6 - 1);
    }),
  );
});

test('sums of decimals lose their noise, real fractions go to the safe side', () => {
  expect(toMicros('cost', 0.1 + 0.2, 'up')).toBe(300_000n);
  expect(toMicros('cost', 1.1, 'up')).toBe(1_100_000n);
  expect(toMicros('cost', 0.000_000_1, 'up')).toBe(1n);
  expect(toMicros('limit', 0.000_000_9, 'down')).toBe(0n);
});

test.each([NaN, -1, -Number.MIN_VALUE, Infinity, -Infinity, LARGEST_AMOUNT * 2, null, undefined, '5', {}])(
  '%s is not an amount',
  (amount) => {
    expect(() => toMicros('cost', amount as number, 'up')).toThrow(expect.objectContaining({ code: 'INVALID_AMOUNT' }));
  },
);
