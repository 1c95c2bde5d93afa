import { fromMicros, type Micros } from './money.ts';

/** The balances in currency units, as numbers. */
export interface Balances {
  readonly limit: number;
  /** Every spend that was reported. */
  readonly used: number;
  /** The sum of the open reservations. */
  readonly reserved: number;
  /** `limit - used - reserved`; negative after an over-run. */
  readonly available: number;
}

/** The two balances of a budget, exact. Decides nothing: it only keeps the sums. */
export class Accounts {
  readonly #limit: Micros;
  #used: Micros = 0n;
  #reserved: Micros = 0n;

  constructor(limit: Micros) {
    this.#limit = limit;
  }

  get available(): Micros {
    return this.#limit - this.#used - this.#reserved;
  }

  hold(amount: Micros): void {
    this.#reserved += amount;
  }

  giveBack(amount: Micros): void {
    this.#reserved -= amount;
  }

  spend(amount: Micros): void {
    this.#used += amount;
  }

  balances(): Balances {
    return {
      limit: fromMicros(this.#limit),
      used: fromMicros(this.#used),
      reserved: fromMicros(this.#reserved),
      available: fromMicros(this.available),
    };
  }
}
