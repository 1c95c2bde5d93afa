import type { Fact, History, Operation } from './history.ts';

/** What an invariant may look at during a run. */
export interface Observed<Subject> {
  readonly subject: Subject;
  readonly history: History;
  /** Virtual ms since the run began. */
  readonly now: () => number;
  /** Timers that code has armed since the run began and that are still armed; `at` where the run kept stacks. */
  readonly armedTimers: () => readonly { readonly label: string; readonly at: string | null }[];
}

/**
 * Watches one run. Each method returns what is wrong, as a sentence, or undefined. All are optional: what an
 * invariant does not need is not paid for.
 */
export interface Watch {
  /** An operation was invoked. */
  invoked?(operation: Operation): string | undefined;
  /** An operation returned or threw. */
  ended?(operation: Operation): string | undefined;
  /** The scenario told a fact. */
  told?(fact: Fact): string | undefined;
  /** A turn has drained. */
  afterTurn?(): string | undefined;
  /** The body has settled, before the shutdown. */
  afterBody?(): string | undefined;
  /** The shutdown has settled: at rest. */
  atRest?(): string | undefined;
  /** For `sometimes`: whether it has happened in this run. */
  reached?(): boolean;
  /**
   * Whether this run has put the invariant to the test: something happened that it judges. A campaign that holds without
   * it in any run is reported with a warning. Without it: nothing is known.
   */
  exercised?(): boolean;
  /** For `eventually`: whether it holds now. */
  satisfied?(): boolean;
}

/**
 * Something that must be true of every run (or, for `sometimes`, of at least one).
 *
 * @example
 * ```ts
 * import { always } from 'heddle';
 * const positive = always<{ balance: number }>('positiveBalance', ({ subject }) => subject.balance >= 0);
 * ```
 */
export interface Invariant<Subject = unknown> {
  /** In camel case; subjects that are expected to fail name it. */
  readonly name: string;
  /** `leak` makes the verdict a leak instead of a violation. */
  readonly kind?: 'violation' | 'leak';
  /** Virtual ms in which an `eventually` must come true once the body has settled and faults have ceased. */
  readonly within?: number;
  /** Must happen in at least one run of a campaign. */
  readonly sometimes?: true;
  watch(run: Observed<Subject>): Watch;
}

/** What a check may return: true or undefined for "holds", false for "does not", a sentence for what is wrong. */
export type CheckResult = boolean | string | undefined;

/** A check's result as a sentence; undefined when it holds. */
export function sentence(result: CheckResult, name: string): string | undefined {
  if (result === undefined || result === true) return undefined;
  return result === false ? `${name} does not hold` : result;
}
