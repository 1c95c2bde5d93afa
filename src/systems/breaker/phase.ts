import type { Permit } from './admission.ts';

/** The three states of a breaker, under the names that Nygard gave them ("Release It!", 2007). */
export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

interface Period {
  /** Number of transitions before this period. */
  readonly generation: number;
}

/** Everything passes; `failures` counts the failures since the last success. */
export interface Closed extends Period {
  readonly state: 'CLOSED';
  failures: number;
}

/** Nothing passes before `nextAttemptAt`, in ms of `performance.now()`. */
export interface Open extends Period {
  readonly state: 'OPEN';
  readonly nextAttemptAt: number;
}

/** Probes pass while there are slots; `probes` maps each one under way to the instant at which its slot is free. */
export interface HalfOpen extends Period {
  readonly state: 'HALF_OPEN';
  successes: number;
  readonly probes: Map<Permit, number>;
}

/**
 * One period of a breaker's life. A transition replaces the object, so counters can never be carried from one period
 * into another, and "was this permit handed out in the present period?" is a comparison of references.
 */
export type Phase = Closed | Open | HalfOpen;

/** Slots in use at `now`. Pure: slots of probes that never reported are left out, not removed. */
export function probesUnderWay(phase: HalfOpen, now: number): number {
  let count = 0;
  for (const slotFreeAt of phase.probes.values()) if (slotFreeAt > now) count += 1;
  return count;
}

/** Takes the slots of probes that never reported; their late outcomes may still count, see `CircuitBreaker`. */
export function dropSilentProbes(phase: HalfOpen, now: number): void {
  for (const [permit, slotFreeAt] of phase.probes) if (slotFreeAt <= now) phase.probes.delete(permit);
}
