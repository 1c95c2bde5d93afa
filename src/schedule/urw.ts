import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import { NO_PROFILE, PROFILED_RUNS, Profiler, withRound, type Profile, type RunProfile } from './profile.ts';
import type { Random } from './random.ts';
import { Remaining } from './remaining.ts';
import type { Strategy, StrategyChooser } from './strategy.ts';
import { Swarm } from './swarm.ts';

/** One URW schedule: the next task is drawn in proportion to the events that it still has. */
class UrwChooser extends Swarm implements StrategyChooser {
  readonly #random: Random;
  readonly #remaining: Remaining;
  readonly #profiler: Profiler | null;
  readonly #weights: number[] = [];

  constructor(random: Random, profile: Profile, profiled: boolean) {
    super(random);
    this.#random = random;
    this.#remaining = new Remaining(profile.tasks);
    this.#profiler = profiled ? new Profiler() : null;
  }

  event(enabled: Enabled): number {
    return this.#remaining.draw(enabled, this.#random, this.#weights);
  }

  fires(event: PendingEvent): void {
    this.#remaining.fired(event.task);
    this.#profiler?.fires(event);
  }

  report(): RunProfile | undefined {
    return this.#profiler?.report();
  }
}

/**
 * Uniform random walk: Zhao, Wolff, Mathur and Roychoudhury, "Selectively Uniform Concurrency Testing", ASPLOS 2025,
 * algorithm 1. Uniform over all interleavings when the counts are exact and nothing blocks; the counts are the averages
 * of earlier runs.
 */
export const urw: Strategy<Profile> = {
  name: 'urw',
  initial: NO_PROFILE,
  chooser: ({ index, random, knowledge }) => new UrwChooser(random, knowledge, index < PROFILED_RUNS),
  learn: withRound,
};
