import type { Call, Model, RecordedCall } from './model.ts';
import type { TimedCall } from './search.ts';

/** An operation of the history, and how the search sees it. */
export interface Entry<Input, Output, O> extends TimedCall<Input, Output> {
  readonly operation: O;
}

/** The operations on one part of the object, in the order of their invocations. */
export interface Part<Input, Output, O> {
  /** As the model gives it; undefined if it gives none. */
  readonly key: unknown;
  readonly entries: readonly Entry<Input, Output, O>[];
}

const PENDING = { kind: 'pending' } as const;

/** The operation as one of which nobody knows what it did, or will do. */
function pending<Input, Output, O>({ operation, call, from }: Entry<Input, Output, O>): Entry<Input, Output, O> {
  const { name, task, input } = call;
  return { operation, from, to: Infinity, call: { name, task, input, outcome: PENDING } };
}

function entryOf<State, Input, Output, O extends RecordedCall>(
  model: Model<State, Input, Output>,
  operation: O,
): Entry<Input, Output, O> {
  // The model says what the history holds.
  const call = operation as Call<Input, Output>;
  const entry = { operation, call, from: operation.invokedPosition, to: operation.endedPosition };
  const { kind } = operation.outcome;
  const unknown = kind === 'pending' || (kind === 'threw' && (model.isUnknown?.(call) ?? true));
  return unknown ? pending(entry) : entry;
}

/**
 * The history in parts that can be judged one by one: it is linearizable if and only if each of them is (Herlihy and
 * Wing, "Linearizability: a correctness condition for concurrent objects", 1990; as a way to check: Horn and Kroening,
 * "Faster linearizability checking via P-compositionality", FORTE 2015).
 */
export function partition<State, Input, Output, O extends RecordedCall>(
  model: Model<State, Input, Output>,
  operations: readonly O[],
): Part<Input, Output, O>[] {
  const parts = new Map<unknown, Entry<Input, Output, O>[]>();
  const sorted = [...operations].sort((a, b) => a.invokedPosition - b.invokedPosition);
  for (const operation of sorted) {
    if (model.concerns?.(operation as Call<Input, Output>) === false) continue;
    const entry = entryOf(model, operation);
    const key = model.key?.(entry.call);
    const entries = parts.get(key);
    if (entries === undefined) parts.set(key, [entry]);
    else entries.push(entry);
  }
  return Array.from(parts, ([key, entries]) => ({ key, entries }));
}

/** What had happened by then: operations that were invoked, and of those that had not returned nobody knew the outcome. */
export function until<Input, Output, O>(
  entries: readonly Entry<Input, Output, O>[],
  position: number,
): Entry<Input, Output, O>[] {
  return entries
    .filter(({ from }) => from <= position)
    .map((entry) => (entry.to === Infinity || entry.to <= position ? entry : pending(entry)));
}
