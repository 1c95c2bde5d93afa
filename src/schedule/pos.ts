import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import { inConflict } from '../kernel/touch.ts';
import type { Random } from './random.ts';
import type { Strategy, StrategyChooser } from './strategy.ts';
import { Swarm } from './swarm.ts';

/** One POS schedule: the enabled event of the highest priority fires, then those that race with it draw anew. */
class PosChooser extends Swarm implements StrategyChooser {
  readonly #random: Random;
  /** By sequence number of the event. */
  readonly #priorities: number[] = [];

  constructor(random: Random) {
    super(random);
    this.#random = random;
  }

  event(enabled: Enabled): number {
    let best = 0;
    let highest = -1;
    for (let i = 0; i < enabled.size; i += 1) {
      const priority = this.#priority(enabled.at(i));
      if (priority <= highest) continue;
      best = i;
      highest = priority;
    }
    const { touches } = enabled.at(best);
    for (let i = 0; i < enabled.size; i += 1) {
      if (i === best) continue;
      const event = enabled.at(i);
      if (inConflict(event.touches, touches)) this.#priorities[event.seq] = this.#random.next();
    }
    return best;
  }

  #priority({ seq }: PendingEvent): number {
    return (this.#priorities[seq] ??= this.#random.next());
  }
}

/**
 * Partial order sampling: Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling", CAV 2018, algorithm 2. Every
 * event draws a priority; when one fires, the enabled events that race with it (same resource, at least one write)
 * draw theirs again. Events of which nobody knows what they touch race with all.
 */
export const pos: Strategy<null> = {
  name: 'pos',
  initial: null,
  chooser: ({ random }) => new PosChooser(random),
  learn: () => null,
};
