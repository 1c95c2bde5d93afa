import { Configurations, States } from './configurations.ts';
import type { Call, Model } from './model.ts';
import { Timeline, type Interval } from './timeline.ts';

/** An operation as the search needs it. */
export interface TimedCall<Input, Output> extends Interval {
  readonly call: Call<Input, Output>;
}

/** How many more times the model may be asked. */
export interface Budget {
  left: number;
}

/** A way that goes no further. */
export interface DeadEnd<State> {
  readonly state: State;
  /** The operation that led to that state, by index; -1: it is the initial one. */
  readonly by: number;
  /** The last operation of the order that has returned, if it comes after that one; else -1. */
  readonly witness: number;
}

/** Indices are of the operations that were given. */
export type Found<State> =
  | { readonly kind: 'order'; readonly order: readonly number[] }
  | {
      readonly kind: 'none';
      /** The operation whose return no order passes, and its number among the returns. */
      readonly blocked: number;
      readonly passed: number;
      /** The states in which all orders end there, each once. */
      readonly deadEnds: readonly DeadEnd<State>[];
    }
  | { readonly kind: 'undecided' };

/** What the search can take back: an operation that it put in order. */
interface Step<State> {
  readonly index: number;
  readonly state: State;
  readonly number: number;
  readonly passed: number;
  /** States that the operation may lead to, and how many of them have been tried. */
  readonly followers: readonly State[];
  tried: number;
}

/**
 * Looks for an order of the operations in which each takes effect between its invocation and its return and the model
 * agrees: the search of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with the cache of Lowe ("Testing
 * for linearizability", 2017), on a stack of its own. Nobody who has seen a configuration once goes on from it again.
 *
 * @param calls in the order of their invocations.
 */
export function search<State, Input, Output>(
  model: Model<State, Input, Output>,
  calls: readonly TimedCall<Input, Output>[],
  budget: Budget,
): Found<State> {
  const timeline = new Timeline(calls);
  const states = new States(model);
  const configurations = new Configurations();
  const steps: Step<State>[] = [];
  let { initial: state } = model;
  let number = states.numberOf(state);
  let furthest = 0;
  let deadEnds = new Map<number, DeadEnd<State>>();

  if (timeline.returns.length === 0) return { kind: 'order', order: [] };
  configurations.add(0, timeline.bits, number);
  let candidate = timeline.first();
  for (;;) {
    if (candidate < 0) {
      noteDeadEnd();
      const step = steps.pop();
      if (step === undefined) break;
      timeline.unlift(step.index, step.passed);
      ({ state, number } = step);
      candidate = follow(step) ? timeline.first() : timeline.next(step.index);
    } else {
      if (budget.left === 0) return { kind: 'undecided' };
      budget.left -= 1;
      const followers = [...model.step(state, calls[candidate]!.call)];
      const step = { index: candidate, state, number, passed: timeline.passed, followers, tried: 0 };
      candidate = follow(step) ? timeline.first() : timeline.next(candidate);
    }
    if (timeline.passed === timeline.returns.length) return { kind: 'order', order: steps.map(({ index }) => index) };
  }
  const blocked = timeline.returns[furthest]!;
  return { kind: 'none', blocked, passed: furthest, deadEnds: [...deadEnds.values()] };

  /** Puts the operation in order if that leads to a configuration that was not seen yet. */
  function follow(step: Step<State>): boolean {
    if (step.tried === step.followers.length) return false;
    timeline.lift(step.index);
    while (step.tried < step.followers.length) {
      const follower = step.followers[step.tried]!;
      step.tried += 1;
      const name = states.numberOf(follower);
      if (!configurations.add(timeline.passed, timeline.bits, name)) continue;
      state = follower;
      number = name;
      steps.push(step);
      return true;
    }
    timeline.unlift(step.index, step.passed);
    return false;
  }

  function noteDeadEnd(): void {
    if (timeline.passed > furthest) {
      furthest = timeline.passed;
      deadEnds = new Map();
    }
    if (timeline.passed < furthest || deadEnds.has(number)) return;
    let witness = -1;
    // The last step that changed the state, if any did.
    let at = steps.length - 1;
    for (; at >= 0 && steps[at]!.number === number; at -= 1) {
      const { index } = steps[at]!;
      if (witness < 0 && calls[index]!.to !== Infinity) witness = index;
    }
    deadEnds.set(number, { state, by: steps[at]?.index ?? -1, witness });
  }
}
