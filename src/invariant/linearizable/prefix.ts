import type { Model } from './model.ts';
import { until, type Entry } from './partition.ts';
import { search, type Budget, type Found } from './search.ts';

type None<State> = Extract<Found<State>, { readonly kind: 'none' }>;

/** A beginning of a history that no order explains. */
export interface WrongPrefix<State, Input, Output, O> {
  /** Its operations, with the outcomes that were known by then. */
  readonly entries: readonly Entry<Input, Output, O>[];
  /** The operation with whose return it ends. */
  readonly last: Entry<Input, Output, O>;
  readonly found: None<State>;
  /** Nothing shorter is wrong; false if the budget was used up before that was known. */
  readonly shortest: boolean;
}

/**
 * The shortest beginning of the history that is wrong. What is wrong stays wrong however it goes on, so it ends with a
 * return, and is found by bisection. No order of a longer beginning passed the return at which its search ended; so
 * every beginning that is shorter than that has an order, and mostly that one is the answer already.
 *
 * @param none what the search of all `entries` ended in.
 */
export function shortestWrong<State, Input, Output, O>(
  model: Model<State, Input, Output>,
  entries: readonly Entry<Input, Output, O>[],
  none: None<State>,
  budget: Budget,
): WrongPrefix<State, Input, Output, O> {
  const returns = entries.filter(({ to }) => to !== Infinity).sort((a, b) => a.to - b.to);
  let wrong = { entries, found: none };
  // The answer ends with a return from `least` to `most`.
  let least = none.passed;
  let most = returns.length - 1;
  let stride = 0;
  let known = false;
  while (!known || least < most) {
    const end = Math.min(least + stride, most);
    const prefix = until(entries, returns[end]!.to);
    const found = search(model, prefix, budget);
    if (found.kind === 'undecided') return { ...wrong, last: returns[most]!, shortest: false };
    if (found.kind === 'order') {
      least = end + 1;
      stride = 2 * stride + 1;
    } else {
      wrong = { entries: prefix, found };
      most = end;
      least = Math.max(least, found.passed);
      stride = 0;
      known = true;
    }
  }
  return { ...wrong, last: returns[most]!, shortest: true };
}
