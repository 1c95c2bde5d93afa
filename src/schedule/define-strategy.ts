import { HeddleError } from '../kernel/errors.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import type { RunFacts, RunStart, Strategy, StrategyChooser } from './strategy.ts';
import { Swarm } from './swarm.ts';

/** What makes the choices of one run. */
export interface Choosing {
  /** Which of two or more enabled events fires next: an index from 0 to `enabled.size` - 1. */
  event(enabled: Enabled): number;
  /** Told of every turn before it begins, with the virtual ms; of those without an alternative, too. */
  fires?(event: PendingEvent, now: number): void;
  /** Asked once, when the run is over: what `learn` gets as `report`. Plain data: it may travel between threads. */
  report?(): unknown;
}

export interface StrategyDefinition<Knowledge> {
  /** Letters, digits, dots and dashes. */
  readonly name: string;
  /** What is known before the first run; plain data. */
  readonly initial: Knowledge;
  /** Begins a run. Everything random has to come from `random`, or the run cannot be repeated. */
  start(run: RunStart<Knowledge>): Choosing;
  /** What is known after a round of runs, given in the order of their numbers; without it, what was known before. */
  learn?(knowledge: Knowledge, round: readonly RunFacts[]): Knowledge;
}

/** Orders as the strategy says; faults, delays and values by swarm testing, as with all strategies. */
class DefinedChooser extends Swarm implements StrategyChooser {
  readonly #name: string;
  readonly #choosing: Choosing;
  readonly fires?: (event: PendingEvent, now: number) => void;

  constructor(name: string, run: RunStart<unknown>, choosing: Choosing) {
    super(run.random);
    this.#name = name;
    this.#choosing = choosing;
    if (choosing.fires !== undefined) this.fires = choosing.fires.bind(choosing);
  }

  event(enabled: Enabled): number {
    const index = this.#choosing.event(enabled);
    if (Number.isInteger(index) && index >= 0 && index < enabled.size) return index;
    throw new HeddleError({
      code: 'BAD_CHOICE',
      expected: `strategy ${this.#name} to choose an index from 0 to ${String(enabled.size - 1)}`,
      received: String(index),
      next: 'Mend its `event`.',
    });
  }

  report(): unknown {
    return this.#choosing.report?.();
  }
}

/**
 * Defines a strategy of one's own, for `--strategy ./file.ts`; the file exports it as its default.
 *
 * @throws HeddleError with code `BAD_STRATEGY` when a part is missing, and in a run with code `BAD_CHOICE`.
 * @example
 * ```ts
 * import { strategy } from 'heddle';
 *
 * // The event that was queued last goes first: last in, first out.
 * export default strategy({
 *   name: 'newest-first',
 *   initial: null,
 *   start: () => ({
 *     event: (enabled) => {
 *       let newest = 0;
 *       for (let i = 1; i < enabled.size; i += 1) if (enabled.at(i).seq > enabled.at(newest).seq) newest = i;
 *       return newest;
 *     },
 *   }),
 * });
 * ```
 */
export function strategy<Knowledge>(definition: StrategyDefinition<Knowledge>): Strategy<Knowledge> {
  const { name, start, learn } = definition as Partial<StrategyDefinition<Knowledge>>;
  if (typeof name !== 'string' || !/^[\w.-]+$/.test(name) || typeof start !== 'function') {
    throw new HeddleError({
      code: 'BAD_STRATEGY',
      expected: 'a strategy with a name of letters, digits, dots and dashes, and a function start',
      received: `name ${JSON.stringify(name)}, start ${typeof start}`,
      next: 'See `strategy` in docs/strategies.md.',
    });
  }
  return {
    name,
    initial: definition.initial,
    chooser: (run) => new DefinedChooser(name, run, definition.start(run)),
    learn: (knowledge, round) => (learn === undefined ? knowledge : definition.learn!(knowledge, round)),
  };
}
