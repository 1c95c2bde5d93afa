// Linearizability by its definition, as slowly as one likes: every subset of the operations without a known end, every
// permutation, no cache, no parts.

import type { Call, Model, RecordedCall } from '../../../src/invariant/linearizable/model.ts';

function isOpen({ outcome }: RecordedCall): boolean {
  return outcome.kind !== 'returned';
}

function subsets<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((all, item) => [...all, ...all.map((each) => [...each, item])], [[]]);
}

/** Permutations in which nobody comes before an operation that had returned when it was invoked. */
function* permutations(calls: readonly RecordedCall[]): Generator<readonly RecordedCall[]> {
  if (calls.length === 0) yield [];
  for (const [i, first] of calls.entries()) {
    if (calls.some((other) => !isOpen(other) && other.endedPosition < first.invokedPosition)) continue;
    for (const rest of permutations(calls.filter((_, at) => at !== i))) yield [first, ...rest];
  }
}

/** The whole object: the state of each of its parts. */
type Whole<State> = ReadonlyMap<unknown, State>;

/** The states that the object may be in after the operations, one after the other. */
function follow<State, Input, Output>(
  model: Model<State, Input, Output>,
  order: readonly RecordedCall[],
): Whole<State>[] {
  let states: Whole<State>[] = [new Map()];
  for (const call of order) {
    const seen = (isOpen(call) ? { ...call, outcome: { kind: 'pending' } } : call) as Call<Input, Output>;
    const key = model.key?.(seen);
    states = states.flatMap((whole) =>
      Array.from(model.step(whole.has(key) ? whole.get(key)! : model.initial, seen), (next) =>
        new Map(whole).set(key, next),
      ),
    );
  }
  return states;
}

/** Every order of the operations that have returned, and of some of the others. */
function* orders(calls: readonly RecordedCall[]): Generator<readonly RecordedCall[]> {
  const ended = calls.filter((call) => !isOpen(call));
  for (const chosen of subsets(calls.filter(isOpen))) yield* permutations([...ended, ...chosen]);
}

export function bruteForce<State, Input, Output>(
  model: Model<State, Input, Output>,
  calls: readonly RecordedCall[],
): boolean {
  for (const order of orders(calls)) if (follow(model, order).length > 0) return true;
  return false;
}

/** What had happened by then. */
function until(calls: readonly RecordedCall[], position: number): RecordedCall[] {
  return calls
    .filter(({ invokedPosition }) => invokedPosition <= position)
    .map((call) => (call.endedPosition <= position ? call : { ...call, outcome: { kind: 'pending' } }));
}

/** The states that one part may be in just before an operation on it ends that has not taken effect yet. */
export function bruteForceStates<State, Input, Output>(
  model: Model<State, Input, Output>,
  part: readonly RecordedCall[],
  blocked: RecordedCall,
): State[] {
  const others = until(
    part.filter((call) => call !== blocked),
    blocked.endedPosition,
  );
  const key = model.key?.(blocked as Call<Input, Output>);
  return Array.from(orders(others), (order) => follow(model, order))
    .flat()
    .map((whole) => (whole.has(key) ? whole.get(key)! : model.initial));
}

/** Position of the return with which the shortest beginning ends that is wrong; null if there is none. */
export function bruteForcePrefix<State, Input, Output>(
  model: Model<State, Input, Output>,
  calls: readonly RecordedCall[],
): number | null {
  const returns = calls.filter((call) => !isOpen(call)).map(({ endedPosition }) => endedPosition);
  return returns.sort((a, b) => a - b).find((end) => !bruteForce(model, until(calls, end))) ?? null;
}

/** Whether the operations could have taken effect in this order. */
export function isOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  calls: readonly RecordedCall[],
  order: readonly RecordedCall[],
): boolean {
  const all = calls.every((call) => isOpen(call) || order.includes(call));
  const inTime = order.every((call, i) =>
    order.slice(i + 1).every((later) => isOpen(later) || later.endedPosition > call.invokedPosition),
  );
  return all && inTime && new Set(order).size === order.length && follow(model, order).length > 0;
}
