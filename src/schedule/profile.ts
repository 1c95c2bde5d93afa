import type { PendingEvent } from '../kernel/event.ts';
import type { RunFacts } from './strategy.ts';

/**
 * How many events tasks have in a run: the most that any profiled run had. An average would count a task for less that
 * sometimes returns early, and so miss the runs in which it does not.
 */
export interface Profile {
  /** Choices among two or more events, at most. */
  readonly steps: number;
  /** By task name. */
  readonly tasks: Readonly<Record<string, number>>;
  /** By resource, by task name. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The same of one run. */
export interface RunProfile {
  readonly tasks: Record<string, number>;
  readonly resources: Record<string, Record<string, number>>;
}

/** Runs that are profiled: afterwards the figures hardly move, and profiling costs. */
export const PROFILED_RUNS = 64;

/** First guess of a run's length in steps, before any was seen. */
const INITIAL_STEPS = 20;

export const NO_PROFILE: Profile = { steps: INITIAL_STEPS, tasks: {}, resources: {} };

/** Counts the events of one run by task and by resource. */
export class Profiler {
  readonly #profile: RunProfile = { tasks: empty(), resources: empty() };

  fires(event: PendingEvent): void {
    const { tasks, resources } = this.#profile;
    const { name } = event.task;
    tasks[name] = (tasks[name] ?? 0) + 1;
    for (const resource of resourcesOf(event)) {
      const counts = (resources[resource] ??= empty());
      counts[name] = (counts[name] ?? 0) + 1;
    }
  }

  report(): RunProfile {
    return this.#profile;
  }
}

/**
 * What an event touches, for strategies that select events by it. Where nobody has said so, its label without numbers
 * stands in: calls of one name are most likely calls on one thing.
 */
export function resourcesOf(event: PendingEvent): readonly string[] {
  const { touches } = event;
  if (touches === null) return [`~${event.describe().replace(/\d+/g, '#')}`];
  return touches.map(({ resource }) => resource);
}

/** The profile with the runs of one more round in it. */
export function withRound(profile: Profile, round: readonly RunFacts[]): Profile {
  const steps = round.reduce((most, facts) => Math.max(most, facts.steps), profile.steps);
  const tasks = Object.assign(empty<number>(), profile.tasks);
  const resources = empty<Record<string, number>>();
  for (const [resource, counts] of Object.entries(profile.resources)) {
    resources[resource] = Object.assign(empty<number>(), counts);
  }
  for (const facts of round) {
    const seen = facts.report as Partial<RunProfile> | undefined;
    if (seen?.tasks === undefined || seen.resources === undefined) continue;
    raise(tasks, seen.tasks);
    for (const [resource, counts] of Object.entries(seen.resources)) raise((resources[resource] ??= empty()), counts);
  }
  return { steps, tasks, resources };
}

function raise(most: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) most[name] = Math.max(most[name] ?? 0, count);
}

/** Users name tasks and resources: `constructor` has to be a name like any other. */
function empty<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
