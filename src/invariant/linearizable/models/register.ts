import { identityOf } from '../identity.ts';
import type { Model } from '../model.ts';
import { show, showOutcome } from '../show.ts';

export interface RegisterInput {
  /** Which register; each is one of its own. */
  readonly key?: unknown;
  /** What is written, or what a `compareAndSet` puts in the place of `expected`. */
  readonly value?: unknown;
  readonly expected?: unknown;
}

export interface RegisterOptions {
  /** What is in it at first. Default undefined. */
  readonly initial?: unknown;
  /** Operation that returns the value. Default `read`. */
  readonly read?: string;
  /** Operation that sets `value`; what it returns does not matter. Default `write`. */
  readonly write?: string;
  /** Operation that sets `value` if the register holds `expected`, and returns whether it did. Default `compareAndSet`. */
  readonly compareAndSet?: string;
}

/**
 * Registers, one for each `key`: entries of a cache, rows of a table. Values are compared by what is in them.
 *
 * @example
 * ```ts
 * import { linearizable, models, type Invariant } from 'heddle';
 *
 * // sim.op('get', { key: 'a' }, …) and sim.op('put', { key: 'a', value: 1 }, …)
 * const cache = models.register({ initial: null, read: 'get', write: 'put' });
 * export const noStaleReads: Invariant = linearizable('noStaleReads', cache);
 * ```
 */
export function register(options: RegisterOptions = {}): Model<unknown, RegisterInput> {
  const { initial, read = 'read', write = 'write', compareAndSet = 'compareAndSet' } = options;
  return {
    initial,
    concerns: ({ name }) => [read, write, compareAndSet].includes(name),
    key: ({ input }) => input.key,
    step(value, { name, input, outcome }) {
      if (outcome.kind === 'threw') return [value];
      if (name === write) return [input.value];
      const swaps = name === compareAndSet && alike(value, input.expected);
      const answer = name === compareAndSet ? swaps : value;
      if (outcome.kind === 'returned' && !alike(outcome.value, answer)) return [];
      return [swaps ? input.value : value];
    },
    describe(call) {
      const { name, task, input } = call;
      const where = `${task} ${name}${input.key === undefined ? '' : ` ${show(input.key)}`}`;
      if (name === write) return `${where} = ${show(input.value)}`;
      const change = name === read ? '' : ` from ${show(input.expected)} to ${show(input.value)}`;
      return `${where}${change}${showOutcome(call)}`;
    },
  };
}

function alike(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (typeof a === typeof b && identityOf(a) === identityOf(b));
}
