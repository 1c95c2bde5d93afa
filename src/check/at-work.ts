import { callSite } from '../intercept/escapes.ts';
import type { ControlledRun } from '../intercept/current.ts';
import type { Invariant, Observed } from '../invariant/invariant.ts';
import { noLeakedTimers } from '../invariant/no-leaked-timers.ts';
import type { World } from '../kernel/world.ts';
import type { Observer, Watching } from '../scenario/observer.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** An `eventually` at work: it must come true within so many virtual ms. */
export interface Awaited {
  readonly watching: Watching;
  readonly within: number;
}

export interface AtWorkOptions {
  readonly world: World;
  readonly observer: Observer;
  readonly inherited: ControlledRun['inherited'];
  /** Whether the run has its verdict: then nothing is asked any more. */
  readonly judged: () => boolean;
}

/** The invariants of one run, as they watch it. */
export class AtWork {
  readonly eventually: Awaited[] = [];
  readonly #all: Watching[] = [];
  readonly #options: AtWorkOptions;

  constructor(options: AtWorkOptions) {
    this.#options = options;
  }

  /** Lets the scenario's invariants, and those that are built in, watch `subject`. */
  watch(scenario: Scenario, subject: unknown): void {
    const { invariants = [], without = [] } = scenario;
    const { world, observer, judged } = this.#options;
    const observed: Observed<unknown> = {
      subject,
      history: observer.watched,
      now: () => world.now,
      armedTimers: () => this.#armedTimers(),
    };
    const builtIn = scenario.shutdown === undefined || without.includes('noLeakedTimers') ? [] : [noLeakedTimers()];
    const named = new Set(invariants.map(({ name }) => name));
    const all: readonly Invariant[] = [...invariants, ...builtIn.filter(({ name }) => !named.has(name))];
    for (const invariant of all) {
      const { name, kind = 'violation', within } = invariant;
      const watching: Watching = { name, kind, watch: invariant.watch(observed) };
      this.#all.push(watching);
      observer.add(watching);
      if (within !== undefined) this.eventually.push({ watching, within });
      if (watching.watch.afterTurn === undefined) continue;
      const question = (): string | undefined => watching.watch.afterTurn?.();
      world.afterTurn.push(() => {
        if (!judged()) observer.ask(watching, question);
      });
    }
  }

  #armedTimers(): { label: string; at: string | null }[] {
    const inherited = new Set(this.#options.inherited.values());
    return [...this.#options.world.armedTimers()]
      .filter((timer) => !inherited.has(timer))
      .map((timer) => ({ label: timer.describe(), at: timer.armedAt === null ? null : callSite(timer.armedAt) }));
  }

  /** Asks those that are asked then; false when the run has its verdict. */
  ask(when: 'afterBody' | 'atRest'): boolean {
    const { observer, judged } = this.#options;
    for (const watching of this.#all) {
      if (judged()) return false;
      observer.ask(watching, () => watching.watch[when]?.());
    }
    return !judged();
  }

  /** Names of the `sometimes` that have happened. */
  reached(): readonly string[] {
    return this.#all.filter(({ watch }) => watch.reached?.() === true).map(({ name }) => name);
  }

  /** Those that know what puts them to the test, with whether that has happened. */
  exercised(): ReadonlyMap<string, boolean> {
    const found = new Map<string, boolean>();
    for (const { name, watch } of this.#all) if (watch.exercised !== undefined) found.set(name, watch.exercised());
    return found;
  }
}
