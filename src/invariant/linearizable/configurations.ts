import { identityOf } from './identity.ts';
import type { Model } from './model.ts';

/** States by number: the same number for the same state. */
export class States<State> {
  readonly #identify: (state: State) => string | number | bigint;
  readonly #numbers = new Map<string | number | bigint, number>();

  constructor(model: Model<State, never, never>) {
    this.#identify = model.identify === undefined ? identityOf : (state) => model.identify!(state);
  }

  numberOf(state: State): number {
    const name = this.#identify(state);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** From this number on a state and 32 bits do not fit into one whole number. */
const LARGE = 2 ** 21;

/**
 * The configurations that a search has been in: which operations it had put in order, and the state that they led to
 * (Lowe's cache). Which they are is said by the first return that is still ahead, and a bit for each operation that is
 * under way at it: all that have returned before are in the order, and none that is invoked after is.
 */
export class Configurations {
  readonly #seen: Set<number | string>[] = [];

  /** Whether it is new; it is not afterwards. */
  add(ahead: number, bits: Int32Array, state: number): boolean {
    const seen = (this.#seen[ahead] ??= new Set());
    const name =
      bits.length === 1 && state < LARGE ? state * 2 ** 32 + (bits[0]! >>> 0) : `${String(state)} ${bits.join()}`;
    const { size } = seen;
    return seen.add(name).size > size;
  }
}
