import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import type { Random } from './random.ts';

/** How a run goes on where nothing else decides: drawn once a run, so that runs differ in kind. */
export type Manner = 'walk' | 'priorities' | 'stay';

/**
 * Chooses among the events that a strategy leaves open: uniformly, by priorities of tasks that are drawn once, or staying
 * with a task as long as it can go on.
 */
export class Base {
  readonly #random: Random;
  readonly #manner: Manner;
  readonly #priorities: number[] = [];
  #task = -1;

  constructor(random: Random, manners: readonly Manner[]) {
    this.#random = random;
    this.#manner = manners[random.below(manners.length)]!;
  }

  /** One of the first `count` indices in `open`. */
  choose(enabled: Enabled, open: readonly number[], count: number): number {
    if (this.#manner === 'walk') return open[this.#random.below(count)]!;
    if (this.#manner === 'priorities') return this.#highest(enabled, open, count);
    for (let i = 0; i < count; i += 1) if (enabled.at(open[i]!).task.index === this.#task) return open[i]!;
    const chosen = open[this.#random.below(count)]!;
    this.#task = enabled.at(chosen).task.index;
    return chosen;
  }

  #highest(enabled: Enabled, open: readonly number[], count: number): number {
    let best = open[0]!;
    let highest = -1;
    for (let i = 0; i < count; i += 1) {
      const priority = this.#priority(enabled.at(open[i]!));
      if (priority <= highest) continue;
      best = open[i]!;
      highest = priority;
    }
    return best;
  }

  #priority({ task }: PendingEvent): number {
    return (this.#priorities[task.index] ??= this.#random.next());
  }
}
