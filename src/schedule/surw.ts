import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import type { Task } from '../kernel/task.ts';
import {
  NO_PROFILE,
  PROFILED_RUNS,
  Profiler,
  resourcesOf,
  withRound,
  type Profile,
  type RunProfile,
} from './profile.ts';
import type { Random } from './random.ts';
import { Remaining } from './remaining.ts';
import type { Strategy, StrategyChooser } from './strategy.ts';
import { Swarm } from './swarm.ts';

/** One SURW schedule: uniform over the orders of the events on one resource; all other events come as they may. */
class SurwChooser extends Swarm implements StrategyChooser {
  readonly #random: Random;
  readonly #profiler: Profiler | null;
  /** The resource whose events are interesting; null while none is known that tasks share. */
  readonly #resource: string | null;
  readonly #remaining: Remaining;
  /** By sequence number of the event. */
  readonly #interesting: boolean[] = [];
  /** The task that is to perform the next interesting event; null: not drawn yet. */
  #intended: Task | null = null;
  readonly #tasks = new Set<Task>();
  readonly #free: number[] = [];

  constructor(random: Random, profile: Profile, profiled: boolean) {
    super(random);
    this.#random = random;
    this.#resource = drawResource(profile, random);
    this.#remaining = new Remaining(this.#resource === null ? {} : profile.resources[this.#resource]!);
    this.#profiler = profiled ? new Profiler() : null;
  }

  event(enabled: Enabled): number {
    if (this.#resource === null) return this.#random.below(enabled.size);
    const free = this.#free;
    let count = 0;
    for (let i = 0; i < enabled.size; i += 1) {
      const event = enabled.at(i);
      this.#tasks.add(event.task);
      if (this.#isInteresting(event)) continue;
      free[count] = i;
      count += 1;
    }
    if (count === enabled.size) return this.#random.below(count);
    this.#intended ??= this.#draw();
    let own = -1;
    for (let i = 0; i < enabled.size; i += 1) {
      const event = enabled.at(i);
      if (event.task !== this.#intended || !this.#isInteresting(event)) continue;
      own = i;
      free[count] = i;
      count += 1;
      break;
    }
    if (count > 0) return free[this.#random.below(count)]!;
    // All that is enabled is held back, and whoever it is held back for cannot go on: one of them goes.
    this.#intended = this.#drawAmong(enabled);
    for (let i = 0; own === -1; i += 1) if (enabled.at(i).task === this.#intended) own = i;
    return own;
  }

  /** Any task that was seen, in proportion to the interesting events that it still has. */
  #draw(): Task {
    return this.#pick([...this.#tasks]);
  }

  #drawAmong(enabled: Enabled): Task {
    const tasks = new Set<Task>();
    for (let i = 0; i < enabled.size; i += 1) tasks.add(enabled.at(i).task);
    return this.#pick([...tasks]);
  }

  #pick(tasks: readonly Task[]): Task {
    const total = tasks.reduce((sum, task) => sum + this.#remaining.of(task), 0);
    let at = this.#random.next() * total;
    for (const task of tasks) {
      at -= this.#remaining.of(task);
      if (at < 0) return task;
    }
    return tasks.at(-1)!;
  }

  #isInteresting(event: PendingEvent): boolean {
    return (this.#interesting[event.seq] ??= resourcesOf(event).includes(this.#resource!));
  }

  fires(event: PendingEvent): void {
    this.#profiler?.fires(event);
    if (this.#resource === null || !this.#isInteresting(event)) return;
    this.#remaining.fired(event.task);
    this.#intended = null;
  }

  report(): RunProfile | undefined {
    return this.#profiler?.report();
  }
}

/** One of the resources that two or more tasks touch, in proportion to how often they do. */
function drawResource(profile: Profile, random: Random): string | null {
  const shared = Object.entries(profile.resources)
    .filter(([, counts]) => Object.keys(counts).length > 1)
    .map(([resource, counts]) => ({ resource, count: Object.values(counts).reduce((sum, each) => sum + each, 0) }));
  let at = random.next() * shared.reduce((sum, { count }) => sum + count, 0);
  for (const { resource, count } of shared) {
    at -= count;
    if (at < 0) return resource;
  }
  return null;
}

/**
 * Selectively uniform random walk: Zhao, Wolff, Mathur and Roychoudhury, "Selectively Uniform Concurrency Testing",
 * ASPLOS 2025, algorithm 2. Each run selects one resource; the task that performs the next event on it is drawn in
 * proportion to the events on it that the task still has, and others that are about to perform one are held back.
 */
export const surw: Strategy<Profile> = {
  name: 'surw',
  initial: NO_PROFILE,
  chooser: ({ index, random, knowledge }) => new SurwChooser(random, knowledge, index < PROFILED_RUNS),
  learn: withRound,
};
