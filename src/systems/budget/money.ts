import { BudgetError } from './budget-error.ts';

/**
 * An exact amount: a whole number of millionths of the caller's currency unit.
 *
 * Callers speak in numbers, accounts are kept in these. In binary floating point 0.1 + 0.2 exceeds 0.3, and a thousand
 * reservations given back in another order leave dust behind that no one holds; whole numbers do neither. They are
 * bigints because totals have no bound: what was reported is counted, however much it is.
 */
export type Micros = bigint;

const MICROS_PER_UNIT = 1_000_000;

/**
 * The largest single amount, in currency units. Up to here neighbouring numbers are much less than a millionth apart;
 * above 2^33 they no longer tell one millionth from the next.
 */
export const LARGEST_AMOUNT = 1_000_000_000;

/**
 * Converts a caller's amount. One that is a whole number of millionths but for the noise of floating-point arithmetic
 * (0.30000000000000004) is that number; a real fraction of a millionth goes `'up'` for costs and `'down'` for limits,
 * so that rounding never lets more be spent.
 *
 * @throws BudgetError `INVALID_AMOUNT`, or `INVALID_OPTION` for `rounding` `'down'`.
 * @example
 * ```ts
 * toMicros('cost', 0.1 + 0.2, 'up'); // 300000n
 * ```
 */
export function toMicros(name: string, amount: number, rounding: 'up' | 'down'): Micros {
  if (!Number.isFinite(amount) || amount < 0 || amount > LARGEST_AMOUNT) {
    throw new BudgetError(rounding === 'up' ? 'INVALID_AMOUNT' : 'INVALID_OPTION', {
      expected: `${name} to be a finite number from 0 to ${LARGEST_AMOUNT}`,
      received: amount,
      next: 'Nothing was changed; pass the amount in currency units.',
    });
  }
  const scaled = amount * MICROS_PER_UNIT;
  const nearest = Math.round(scaled);
  const noise = Math.max(1e-6, scaled * 8 * Number.EPSILON);
  if (Math.abs(scaled - nearest) <= noise) return BigInt(nearest);
  return BigInt(rounding === 'up' ? Math.ceil(scaled) : Math.floor(scaled));
}

/** The nearest number of currency units, for results and events. */
export function fromMicros(micros: Micros): number {
  return Number(micros) / MICROS_PER_UNIT;
}
