import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import { drawPlan, type Plan, type Planned } from './plan.ts';
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
import type { Strategy, StrategyChooser } from './strategy.ts';
import { Swarm } from './swarm.ts';

export interface SurwKnowledge {
  readonly profile: Profile;
  /** Orders that were planned. */
  readonly planned: Planned;
}

interface SurwReport extends Partial<RunProfile> {
  readonly keys?: Plan['keys'];
}

/** Runs whose plans are remembered: where there are more orders than that, hardly one comes twice. */
const REMEMBERED_RUNS = 512;

/** Runs in which other events come by priorities of tasks instead of at random: one task then gets far ahead. */
const BY_PRIORITY = 0.2;

/** One SURW schedule: the events on one resource come in the planned order, all others as they may. */
class SurwChooser extends Swarm implements StrategyChooser {
  readonly #random: Random;
  /** By task index; null where other events come at random. */
  readonly #priorities: number[] | null;
  readonly #profiler: Profiler | null;
  /** Null while nothing is known that tasks share. */
  readonly #plan: Plan | null;
  /** Tasks of the plan whose event has not come, in order. */
  readonly #left: string[];
  /** By sequence number of the event. */
  readonly #planned: boolean[] = [];
  readonly #open: number[] = [];
  readonly #remembered: boolean;

  constructor(random: Random, knowledge: SurwKnowledge, index: number) {
    super(random);
    this.#random = random;
    this.#priorities = random.next() < BY_PRIORITY ? [] : null;
    this.#plan = drawPlan(knowledge.profile, knowledge.planned, random);
    this.#left = this.#plan === null ? [] : [...this.#plan.order];
    this.#profiler = index < PROFILED_RUNS ? new Profiler() : null;
    this.#remembered = index < REMEMBERED_RUNS;
  }

  event(enabled: Enabled): number {
    if (this.#plan === null) return this.#random.below(enabled.size);
    const open = this.#open;
    const next = this.#left[0];
    let count = 0;
    for (let i = 0; i < enabled.size; i += 1) {
      const event = enabled.at(i);
      const { name } = event.task;
      if (this.#isPlanned(event) && name !== next && this.#left.includes(name)) continue;
      open[count] = i;
      count += 1;
    }
    if (count > 0) return this.#choose(enabled, count);
    // All that is enabled is held back, and whoever it is held back for cannot go on: the first of them goes.
    const waiting = new Map<string, number>();
    for (let i = 0; i < enabled.size; i += 1) waiting.set(enabled.at(i).task.name, i);
    return waiting.get(this.#left.find((name) => waiting.has(name))!)!;
  }

  /** One of the first `count` of those that are not held back. */
  #choose(enabled: Enabled, count: number): number {
    const open = this.#open;
    const priorities = this.#priorities;
    if (priorities === null) return open[this.#random.below(count)]!;
    let best = 0;
    let highest = -1;
    for (let i = 0; i < count; i += 1) {
      const priority = (priorities[enabled.at(open[i]!).task.index] ??= this.#random.next());
      if (priority <= highest) continue;
      best = open[i]!;
      highest = priority;
    }
    return best;
  }

  #isPlanned(event: PendingEvent): boolean {
    return (this.#planned[event.seq] ??= resourcesOf(event).includes(this.#plan!.resource));
  }

  fires(event: PendingEvent): void {
    this.#profiler?.fires(event);
    if (this.#left.length === 0 || !this.#isPlanned(event)) return;
    const at = this.#left.indexOf(event.task.name);
    if (at !== -1) this.#left.splice(at, 1);
  }

  report(): SurwReport | undefined {
    const keys = this.#remembered ? this.#plan?.keys : undefined;
    return { ...this.#profiler?.report(), ...(keys === undefined ? {} : { keys }) };
  }
}

/**
 * Selectively uniform random walk: Zhao, Wolff, Mathur and Roychoudhury, "Selectively Uniform Concurrency Testing",
 * ASPLOS 2025, algorithm 2. Each run selects one resource and holds events on it back until it is their turn in an
 * order in which each interleaving of them is as likely as any other. The order is drawn beforehand, which is the
 * same as drawing the next task in proportion to what it has left, and has an advantage: an order of which a twin
 * was planned before (the same but for tasks that are alike) can be drawn again.
 */
export const surw: Strategy<SurwKnowledge> = {
  name: 'surw',
  initial: { profile: NO_PROFILE, planned: {} },
  chooser: ({ index, random, knowledge }) => new SurwChooser(random, knowledge, index),
  learn: ({ profile, planned }, round) => {
    const counts: Record<number, number> = { ...planned };
    for (const { report } of round) {
      for (const key of (report as SurwReport | undefined)?.keys ?? []) counts[key] = (counts[key] ?? 0) + 1;
    }
    return { profile: withRound(profile, round), planned: counts };
  },
};
