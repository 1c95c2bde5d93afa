import type { Model, RecordedCall } from './model.ts';
import { partition, until, type Entry } from './partition.ts';
import { shortestWrong, type WrongPrefix } from './prefix.ts';
import { search, type Budget } from './search.ts';

export interface LinearizableOptions {
  /** How often the model may be asked for a step before the check gives up. Default 1,000,000. */
  readonly maxSteps?: number;
}

/** A state that the object can be in, by one of the orders that lead there. */
export interface ReachableState<State, O> {
  readonly state: State;
  /** The operation that led to it; null: it is the initial one. */
  readonly by: O | null;
  /** The last operation that returned and agreed with it afterwards, without a change; null: none did. */
  readonly witness: O | null;
}

/** Whether a history is linearizable, and why not. */
export type Linearizability<State, O> =
  | {
      readonly kind: 'linearizable';
      /** An order that explains the history. Pending operations that it does not need are not in it. */
      readonly order: readonly O[];
      readonly steps: number;
    }
  | {
      readonly kind: 'wrong';
      /** The part that is wrong, as the model's `key` gives it. */
      readonly key: unknown;
      /** The operations of that part in the shortest beginning of the history that is wrong, as they were invoked. */
      readonly prefix: readonly O[];
      /** Position of the last event of that beginning, a return: operations that end later are under way in it. */
      readonly until: number;
      /** False if `maxSteps` was reached before it was known that nothing shorter is wrong. */
      readonly shortest: boolean;
      /**
       * The operation with whose return it becomes wrong; and where that can be explained only at the expense of an
       * earlier one, that one.
       */
      readonly blocking: readonly O[];
      /**
       * The states that the object can be in when the last of `blocking` returns. In none of them the operation can have
       * ended as it did.
       */
      readonly states: readonly ReachableState<State, O>[];
      readonly steps: number;
    }
  | {
      /** `maxSteps` was reached. */
      readonly kind: 'undecided';
      readonly key: unknown;
      readonly steps: number;
    };

export const DEFAULT_MAX_STEPS = 1_000_000;

/**
 * Whether there is an order of the operations in which each takes effect at one instant between its invocation and its
 * return, and the model agrees with all outcomes (Herlihy and Wing 1990). Operations that have not returned, or of which
 * the model says that their outcome is unknown, may take effect at any time after their invocation, or never.
 *
 * @example
 * ```ts
 * import { checkLinearizable, models } from 'heddle';
 *
 * const write = { name: 'write', task: 'c1', input: { value: 1 }, outcome: { kind: 'returned', value: undefined } } as const;
 * const read = { name: 'read', task: 'c2', input: {}, outcome: { kind: 'returned', value: 0 } } as const;
 * const result = checkLinearizable(models.register({ initial: 0 }), [
 *   { ...write, invokedPosition: 0, endedPosition: 1 },
 *   { ...read, invokedPosition: 2, endedPosition: 3 },
 * ]);
 * console.log(result.kind); // wrong
 * ```
 */
export function checkLinearizable<State, Input, Output, O extends RecordedCall>(
  model: Model<State, Input, Output>,
  operations: readonly O[],
  options: LinearizableOptions = {},
): Linearizability<State, O> {
  const { maxSteps = DEFAULT_MAX_STEPS } = options;
  const budget: Budget = { left: maxSteps };
  const orders: Entry<Input, Output, O>[][] = [];
  let worst: { readonly key: unknown; readonly prefix: WrongPrefix<State, Input, Output, O> } | null = null;
  for (const { key, entries } of partition(model, operations)) {
    // Once one part is wrong, another one matters only if it is wrong earlier.
    const looked: readonly Entry<Input, Output, O>[] = worst === null ? entries : until(entries, worst.prefix.last.to);
    const found = search(model, looked, budget);
    if (found.kind === 'undecided') {
      if (worst === null) return { kind: 'undecided', key, steps: maxSteps };
      worst = { ...worst, prefix: { ...worst.prefix, shortest: false } };
      break;
    }
    if (found.kind === 'none') worst = { key, prefix: shortestWrong(model, looked, found, budget) };
    else orders.push(found.order.map((index) => looked[index]!));
  }
  const steps = maxSteps - budget.left;
  if (worst === null) return { kind: 'linearizable', order: merge(orders), steps };

  const { entries, last, found, shortest } = worst.prefix;
  const { operation } = entries[found.blocked]!;
  return {
    kind: 'wrong',
    key: worst.key,
    prefix: entries.map((entry) => entry.operation),
    until: last.to,
    shortest,
    blocking: operation === last.operation ? [operation] : [last.operation, operation],
    states: found.deadEnds.map(({ state, by, witness }) => {
      return { state, by: entries[by]?.operation ?? null, witness: entries[witness]?.operation ?? null };
    }),
    steps,
  };
}

/** One order of all parts: each operation takes effect as soon as it may. */
function merge<O>(orders: readonly (readonly Entry<unknown, unknown, O>[])[]): O[] {
  const instants: { readonly at: number; readonly operation: O }[] = [];
  for (const order of orders) {
    let at = -Infinity;
    for (const { from, operation } of order) {
      at = Math.max(at, from);
      instants.push({ at, operation });
    }
  }
  return instants.sort((a, b) => a.at - b.at).map(({ operation }) => operation);
}
