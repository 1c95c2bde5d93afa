import type { Chooser } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { Random } from './random.ts';
import type { Strategy } from './strategy.ts';
import { Swarm } from './swarm.ts';

class RandomWalk extends Swarm implements Chooser {
  readonly #random: Random;

  constructor(random: Random) {
    super(random);
    this.#random = random;
  }

  event(enabled: Enabled): number {
    return this.#random.below(enabled.size);
  }
}

/** Uniform among the enabled events. */
export const randomWalk: Strategy<null> = {
  name: 'random',
  initial: null,
  chooser: ({ random }) => new RandomWalk(random),
  learn: () => null,
};
