import type { Linearizability, ReachableState } from './check.ts';
import type { Call, Model, RecordedCall } from './model.ts';
import { show, showCall } from './show.ts';

type Wrong<State, O> = Extract<Linearizability<State, O>, { readonly kind: 'wrong' }>;

/** States that a message tells of. */
const MOST_STATES = 3;

/**
 * Why a history is wrong, in one sentence: `c2 read k → 0 fits no order: after c1 write k = 1, which had returned before
 * it was invoked, the state is 1`.
 */
export function explain<State, Input, Output, O extends RecordedCall>(
  model: Model<State, Input, Output>,
  wrong: Wrong<State, O>,
): string {
  const [last, earlier] = wrong.blocking;
  const blocked = earlier ?? last!;
  const reasons = wrong.states.slice(0, MOST_STATES).map((each) => after(each));
  const more = wrong.states.length - reasons.length;
  const states = [...reasons, ...(more > 0 ? [`${String(more)} more states are no better`] : [])].join('; ');
  if (earlier === undefined) return `${describe(blocked)} fits no order: ${states}`;
  return `${describe(last!)} fits no order in which ${describe(earlier)} is possible, too: ${states}`;

  function after({ state, by, witness }: ReachableState<State, O>): string {
    const is = `the state is ${model.show?.(state) ?? show(state)}`;
    if (by === null) return `${is} as at the beginning`;
    // Whether it has taken effect is clear if it had returned; else somebody who had returned has seen it.
    const seen = by.endedPosition < blocked.invokedPosition ? null : witness;
    return `after ${[by, ...(seen === null ? [] : [seen])].map(placed).join(', and ')}, ${is}`;
  }

  function placed(operation: O): string {
    return `${describe(operation)}, ${relation(operation)}`;
  }

  function relation({ endedPosition }: O): string {
    if (endedPosition < blocked.invokedPosition) return 'which had returned before it was invoked';
    return endedPosition <= wrong.until ? 'which was under way at the same time' : 'which is still under way';
  }

  function describe(operation: O): string {
    const call = operation as Call<Input, Output>;
    // What ends after the prefix has not ended in it.
    const seen: Call<Input, Output> =
      operation.endedPosition <= wrong.until ? call : { ...call, outcome: { kind: 'pending' } };
    return model.describe?.(seen) ?? showCall(seen);
  }
}
