import fc, { type Arbitrary } from 'fast-check';
import { HeddleError } from '../kernel/errors.ts';
import type { Invariant } from '../invariant/invariant.ts';
import { isStrategy } from '../schedule/strategies.ts';
import type { Requirement } from './requirement.ts';
import type { Sim } from './sim.ts';

/** What is expected of a subject; `judge` means that no verdict is unexpected. */
export type Expectation = 'hold' | 'fail' | 'judge';

/** An implementation under test. */
export interface Subject<S> {
  readonly expect: Expectation;
  /** The invariant that a subject expected to fail must violate. */
  readonly invariant?: string;
  /** Makes a fresh one; called inside every run. */
  create(sim: Sim): S;
}

/** A subject that must hold. */
export function hold<S>(create: (sim: Sim) => S): Subject<S> {
  return { expect: 'hold', create };
}

/** A specimen: must violate `invariant`, by name. */
export function fail<S>(invariant: string, create: (sim: Sim) => S): Subject<S> {
  return { expect: 'fail', invariant, create };
}

/** A subject of which nothing is expected: heddle says what it finds. */
export function judge<S>(create: (sim: Sim) => S): Subject<S> {
  return { expect: 'judge', create };
}

/** What the body of a scenario is given. */
export interface Body<S, W> {
  readonly sim: Sim;
  readonly subject: S;
  readonly workload: W;
}

export interface ScenarioDefinition<S, W> {
  /** `system/property`, for example `budget/no-overspend`. */
  readonly name: string;
  /** Ids of the requirements it covers, for example `B1`. */
  readonly ids?: readonly string[];
  /** One sentence: what could go wrong. */
  readonly about?: string;
  readonly subjects: Readonly<Record<string, Subject<S>>>;
  /** What it needs of the real world, such as `postgres` of `heddle/postgres`. Where there is none it is skipped, and named. */
  readonly requires?: readonly Requirement[];
  /**
   * By subject: the line of a specimen on which its counterexample rests although its source does not print it. Told
   * with the finding, so that nobody is blamed for what somebody else has filled in.
   */
  readonly restsOn?: Readonly<Record<string, string>>;
  /** The operations that clients perform; fast-check generates and shrinks them. Without it: one of `every`. */
  readonly workload?: Arbitrary<W>;
  /**
   * Workloads so small that all schedules of each can be run: orders, faults, and delays in whole virtual ms. In such
   * a scenario latencies that nobody declares are 0; declare one value where you do. `run` then searches exhaustively, unless told another strategy; within `runs`
   * schedules the verdict is `exhausted`, else what was run held.
   */
  readonly every?: readonly W[];
  /**
   * What the turns of this scenario can have in common. `anything` (default): turns of which nobody has said what they
   * touch may depend on each other in any way. `resources`: a promise that all that tasks share lies behind resources
   * (`sim.io` with `resource`, `sim.shared`): a turn that touches none of them is independent of every other. The
   * exhaustive search then leaves out orders that differ in independent turns only.
   */
  readonly shares?: 'anything' | 'resources';
  /** The strategy that suits it, by name. Default: `portfolio`; with `every`, `exhaustive`. */
  readonly strategy?: string;
  /** Run only when a pattern names it; `heddle run` without patterns passes it by. */
  readonly onRequest?: boolean;
  /** Uses the subject as any client would. The run ends when it and `shutdown` have settled. */
  body(run: Body<NoInfer<S>, NoInfer<W>>): Promise<void> | void;
  /** Closes the subject; afterwards no timer may be left and no work may begin. */
  shutdown?(run: Body<NoInfer<S>, NoInfer<W>>): Promise<void> | void;
  readonly invariants?: readonly Invariant<NoInfer<S>>[];
  /** Names of built-in checks to leave out: `noLeakedTimers`, `noLateWork`. */
  readonly without?: readonly string[];
  /** Runs at most, unless the command line says otherwise. Default 1000, with `every` 10,000. */
  readonly runs?: number;
  /** Turns after which a run is given up. Default 100,000. */
  readonly maxTurns?: number;
  /**
   * How runs are kept apart: `shared` modules (default), or a new `worker` for every run where module state leaks
   * from run to run; that costs about 0.2 s a run, and what is found is not shrunk.
   */
  readonly isolation?: 'shared' | 'worker';
}

/** A scenario, as `scenario()` makes it. */
export interface Scenario<S = unknown, W = unknown> extends ScenarioDefinition<S, W> {
  readonly workload: Arbitrary<W>;
  readonly [BRAND]: true;
}

/** Recognises scenarios made by another copy of the package, too. */
const BRAND: unique symbol = Symbol.for('heddle.scenario') as never;

/**
 * Declares a scenario; a scenario file exports one, or an array of them, as its default.
 *
 * @throws HeddleError with code `BAD_SCENARIO` when a part is missing or wrong.
 * @example
 * ```ts
 * import { always, fail, fc, scenario } from 'heddle';
 *
 * class Counter {
 *   value = 0;
 *   async add(save: () => Promise<void>): Promise<void> {
 *     const seen = this.value;
 *     await save();
 *     this.value = seen + 1;
 *   }
 * }
 *
 * export default scenario({
 *   name: 'counter/no-lost-update',
 *   subjects: { counter: fail('noLostUpdate', () => new Counter()) },
 *   workload: fc.array(fc.constant('add'), { minLength: 2, maxLength: 4 }),
 *   body: async ({ sim, subject, workload }) => {
 *     await sim.clients(workload, () => sim.op('add', {}, () => subject.add(() => sim.io('save'))));
 *   },
 *   invariants: [
 *     always<Counter>('noLostUpdate', ({ subject, history }) => {
 *       const done = history.operations.filter(({ outcome }) => outcome.kind === 'returned').length;
 *       return subject.value >= done;
 *     }),
 *   ],
 * });
 * ```
 */
export function scenario<S, W>(definition: ScenarioDefinition<S, W>): Scenario<S, W> {
  const wrong = mistake(definition);
  if (wrong !== null) {
    throw new HeddleError({
      code: 'BAD_SCENARIO',
      expected: wrong.expected,
      received: wrong.received,
      next: `Mend the definition of scenario ${JSON.stringify(definition.name)}.`,
    });
  }
  const workload = definition.workload ?? fc.constantFrom(...definition.every!);
  return { ...definition, workload, [BRAND]: true };
}

/** What heddle checks of every run, by the names that verdicts give it. */
const BUILT_IN_CHECKS = [
  'noLeakedTimers',
  'noLateWork',
  'everyOperationSettles',
  'noDeadlock',
  'noLivelock',
  'noUnhandledRejection',
  'noUncaughtException',
  'noExit',
  'noEscape',
  'noDivergence',
  'limit',
];

function mistake(definition: ScenarioDefinition<unknown, unknown>): { expected: string; received: string } | null {
  const { name, subjects, workload, every, body } = definition as unknown as Record<string, unknown>;
  if (typeof name !== 'string' || !/^[\w./-]+$/.test(name)) {
    return { expected: 'a name of letters, digits and ./-_', received: JSON.stringify(name) };
  }
  if (typeof subjects !== 'object' || subjects === null || Object.keys(subjects).length === 0) {
    return { expected: 'at least one subject', received: subjects === undefined ? 'none' : JSON.stringify(subjects) };
  }
  for (const [subject, { expect, invariant }] of Object.entries(definition.subjects)) {
    if (expect !== 'fail') continue;
    if (invariant === undefined) return { expected: `the invariant that ${subject} must violate`, received: 'none' };
    const known = [...(definition.invariants ?? []).map((each) => each.name), ...BUILT_IN_CHECKS];
    if (!known.includes(invariant)) {
      return { expected: `${subject} to fail one of ${known.join(', ')}`, received: JSON.stringify(invariant) };
    }
  }
  if (typeof body !== 'function') return { expected: 'a body function', received: typeof body };
  for (const subject of Object.keys(definition.restsOn ?? {})) {
    if (subject in definition.subjects) continue;
    return { expected: 'names of subjects in restsOn', received: JSON.stringify(subject) };
  }
  const { strategy } = definition;
  if (strategy !== undefined && !isStrategy(strategy)) {
    return { expected: 'the name of a strategy', received: JSON.stringify(strategy) };
  }
  if (every !== undefined && (!Array.isArray(every) || every.length === 0)) {
    return { expected: 'at least one workload in every', received: JSON.stringify(every) };
  }
  if (workload === undefined && every !== undefined) return null;
  if (typeof (workload as { generate?: unknown } | undefined)?.generate !== 'function') {
    return { expected: 'a fast-check arbitrary as workload', received: typeof workload };
  }
  return null;
}

/** Whether `value` was made by `scenario()`, by this copy of the package or another. */
export function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[BRAND] === true;
}
