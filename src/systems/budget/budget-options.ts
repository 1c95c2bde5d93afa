import { CircuitBreaker } from '../breaker/index.ts';
import { LONGEST_TIMER_MS } from '../errors/argument.ts';
import { BudgetError } from './budget-error.ts';
import { toMicros, type Micros } from './money.ts';
import { randomReservation } from './reservation.ts';

/** How a budget is managed. Amounts are in currency units, durations in milliseconds of monotonic time. */
export interface BudgetManagerOptions {
  /** The most that may be used and reserved together. Finite, from 0 to 10^9; accurate to a millionth. */
  readonly limit: number;
  /** After how long an open reservation is given back, in ms. > 0 and at most 2^31 - 1 (24.8 days); 300,000 by default. */
  readonly reservationTtlMs?: number;
  /**
   * How many ended operations are remembered, and as many expired ones. Whole number >= 1; 10,000 each by default.
   * While one is remembered, its id cannot be reused if it was recorded, and late usage of it is accepted if it expired.
   */
  readonly retention?: number;
  /** Stops approvals while operations keep failing. A `CircuitBreaker` with its defaults, if left out. */
  readonly circuitBreaker?: CircuitBreaker;
  /**
   * Makes the text of a reservation, which must be another each time. 122 random bits by default; whoever can guess what
   * this returns can end operations of others.
   */
  readonly createReservation?: () => string;
}

/** Options after validation, defaults filled in. */
export interface BudgetSettings {
  readonly limit: Micros;
  readonly reservationTtlMs: number;
  readonly retention: number;
  readonly circuitBreaker: CircuitBreaker;
  readonly createReservation: () => string;
}

/** @throws BudgetError `INVALID_OPTION` for the first option that is out of range. */
export function budgetSettings(options: BudgetManagerOptions): BudgetSettings {
  const reservationTtlMs = options.reservationTtlMs ?? 300_000;
  const retention = options.retention ?? 10_000;
  if (!(reservationTtlMs > 0 && reservationTtlMs <= LONGEST_TIMER_MS)) {
    throw new BudgetError('INVALID_OPTION', {
      expected: `reservationTtlMs to be a number of milliseconds > 0 and <= ${LONGEST_TIMER_MS}`,
      received: reservationTtlMs,
      next: 'Choose a bound that the slowest healthy operation stays below.',
    });
  }
  if (!(Number.isSafeInteger(retention) && retention >= 1)) {
    throw new BudgetError('INVALID_OPTION', {
      expected: 'retention to be a whole number >= 1',
      received: retention,
      next: 'Pass such a number, or leave it out for 10,000.',
    });
  }
  const { circuitBreaker = new CircuitBreaker(), createReservation = randomReservation } = options;
  const limit = toMicros('limit', options.limit, 'down');
  return { limit, reservationTtlMs, retention, circuitBreaker, createReservation };
}
