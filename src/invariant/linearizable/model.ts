import type { OperationOutcome } from '../history.ts';

/** How an operation ended, as a model sees it; `pending`: nobody knows what it returned, or will return. */
export type CallOutcome<Output = unknown> =
  | { readonly kind: 'pending' }
  | { readonly kind: 'returned'; readonly value: Output }
  | { readonly kind: 'threw'; readonly error: unknown };

/** An operation, as a model sees it. */
export interface Call<Input = unknown, Output = unknown> {
  readonly name: string;
  readonly task: string;
  readonly input: Input;
  readonly outcome: CallOutcome<Output>;
}

/** An operation of a history: what a model sees, and where its invocation and its ending stand among all of them. */
export interface RecordedCall {
  readonly name: string;
  readonly task: string;
  readonly input: unknown;
  readonly outcome: OperationOutcome;
  readonly invokedPosition: number;
  /** Infinity while it has not ended. */
  readonly endedPosition: number;
}

/**
 * A sequential specification: what an object does when operations come one after the other. Pure: `step` changes no
 * state that it was given. `Input` and `Output` say what the history holds; nothing checks that it does.
 *
 * @example
 * ```ts
 * import type { Model } from 'heddle';
 *
 * // Every call returns the number after the last.
 * export const counter: Model<number, unknown, number> = {
 *   initial: 0,
 *   step: (last, { outcome }) =>
 *     outcome.kind !== 'returned' || outcome.value === last + 1 ? [last + 1] : [],
 * };
 * ```
 */
export interface Model<State, Input = unknown, Output = unknown> {
  readonly initial: State;
  /**
   * The states that the operation may lead to when it takes effect in `state` and ends as it ended. None: it cannot
   * have ended so. Several: any of them. Of a pending operation every outcome is possible.
   */
  step(state: State, call: Call<Input, Output>): Iterable<State>;
  /** Whether the operation is one on this object. Default: every one is. */
  concerns?(call: Call<Input, Output>): boolean;
  /**
   * The part of the object that the operation is about, such as a key: operations of different parts do not matter to
   * each other, and each part begins in `initial`. Compared as by a Map. Without it everything is one part.
   */
  key?(call: Call<Input, Output>): unknown;
  /**
   * A name of the state: states with the same name are the same. Default: by what is in it, for primitives, arrays, plain
   * objects, Maps, Sets and Dates; every other object is itself only.
   */
  identify?(state: State): string | number | bigint;
  /**
   * Whether it is unknown if an operation that threw took effect: then it may do so at any time after its invocation,
   * also after it threw, or never. Default: yes. Where it is known, `step` judges the error as any outcome.
   */
  isUnknown?(call: Call<Input, Output>): boolean;
  /** How messages show an operation, for example `c1 write k = 1`. */
  describe?(call: Call<Input, Output>): string;
  /** How messages show a state. */
  show?(state: State): string;
}
