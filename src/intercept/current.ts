import type { Timeout } from '../kernel/timer.ts';
import type { World } from '../kernel/world.ts';

/** Something that reached the real world during a run. */
export interface Escape {
  /** What Node created, for example `FSREQCALLBACK` or `TCPWRAP`. */
  readonly resource: string;
  /** `file:line:column` of the first frame that belongs to the code under test. */
  readonly site: string;
  readonly stack: string;
}

/** What the dispatchers need to know of the run that is under way. */
export interface ControlledRun {
  readonly world: World;
  /** Answers a `fetch` of the code under test. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** What the code under test printed. */
  output(stream: 'stdout' | 'stderr', text: string): void;
  escaped(escape: Escape): void;
  /** The current simulated process called `process.exit`. */
  exited(code: number): void;
  /** Timers armed while modules were loaded, by their handle. */
  readonly inherited: Map<object, Timeout>;
}

/** The run that is under way on this thread; null between runs, when every dispatcher passes on to Node. */
export let run: ControlledRun | null = null;

/** The world of {@link run}; kept apart because the timers read nothing else. */
export let world: World | null = null;

export function enter(next: ControlledRun): void {
  run = next;
  world = next.world;
}

export function leave(): void {
  run = null;
  world = null;
}

/** Does something of the harness's own in the real world, in the middle of a run. */
export function outside<T>(act: () => T): T {
  const entered = run;
  leave();
  try {
    return act();
  } finally {
    if (entered !== null) enter(entered);
  }
}
