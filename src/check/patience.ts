import type { Scenario } from '../scenario/scenario.ts';

/** How long a run is waited for. */
export interface Patience {
  readonly maxTurns: number;
  /** Turns in which livelock is told from slowness, once the run is over its bound. */
  readonly examined: number;
}

const DEFAULT_MAX_TURNS = 100_000;

/** A run that is over its bound gets so many times what it had before it may be called a livelock. */
const LONGER = 10;
/** And at least so many turns: bounds may be small. */
const LONGER_MIN = 100_000;
/** The same for an `eventually`, whose bound is one of time: turns are not what it was short of. */
const AWAITED_MIN = 2000;

/** A loop that looks at the clock may wait for an instant: so many virtual ms it gets before it is one without end. */
export const CLOCK_PATIENCE = 600_000;

/** Turns after which a run of the scenario is given up. */
export function maxTurnsOf({ maxTurns }: Scenario): number {
  return maxTurns ?? DEFAULT_MAX_TURNS;
}

/** Turns that a run gets on top of the `turns` within which it did not settle. */
export function longerThan(turns: number): number {
  return Math.max((LONGER - 1) * turns, LONGER_MIN);
}

/** Turns that an `eventually` gets on top of the `turns` within which it did not come true. */
export function longerThanAwaited(turns: number): number {
  return Math.max((LONGER - 1) * turns, AWAITED_MIN);
}
