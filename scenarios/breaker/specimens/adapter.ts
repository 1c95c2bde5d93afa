/** The three circuit breakers behind the same few words, so that one body can drive each of them. */
import type { Sim } from 'heddle';
import { BreakerError, CircuitBreaker } from 'heddle/systems';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';

export interface BreakerOptions {
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
  /** How long OPEN refuses everything, in ms. */
  readonly openMs: number;
  /** After how many ms a silent probe makes room for another, where probes are counted at all. One at a time. */
  readonly probeTimeoutMs?: number;
}

export interface Breaker {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Failures since the last success. */
  readonly failuresInARow: number;
  /** Asks whether a call would be admitted now. */
  canExecute(): boolean;
  /** Calls through the breaker, as a caller does. Throws what `work` throws. */
  call(work: () => Promise<void>): Promise<'done' | 'refused'>;
  /** The time that it goes by, in ms. */
  clock(): number;
}

export function ours(options: BreakerOptions): Breaker {
  const { failureThreshold = 1, successThreshold = 1, openMs, probeTimeoutMs = 60_000 } = options;
  const breaker = new CircuitBreaker({ failureThreshold, successThreshold, openMs, probeTimeoutMs });
  return {
    get state() {
      return breaker.state;
    },
    get failuresInARow() {
      return breaker.snapshot().failureCount;
    },
    canExecute: () => breaker.canExecute(),
    call: async (work) => {
      try {
        await breaker.execute(work);
        return 'done';
      } catch (error) {
        if (error instanceof BreakerError) return 'refused';
        throw error;
      }
    },
    clock: () => performance.now(),
  };
}

type Specimen = found.CircuitBreaker | documented.CircuitBreaker;
type GuardedCall<B extends Specimen> = (breaker: B, call: () => Promise<'done'>) => Promise<'done' | undefined>;

function specimen<B extends Specimen>(breaker: B, guardedCall: GuardedCall<B>): Breaker {
  return {
    get state() {
      return breaker.state;
    },
    get failuresInARow() {
      return breaker.failureCount;
    },
    canExecute: () => breaker.canExecute(),
    call: async (work) => {
      const answer = await guardedCall(breaker, async () => {
        await work();
        return 'done';
      });
      return answer ?? 'refused';
    },
    clock: () => Date.now(),
  };
}

export function asFound({ failureThreshold = 1, successThreshold = 1, openMs }: BreakerOptions): Breaker {
  const options = { failureThreshold, successThreshold, timeout: openMs };
  return specimen(new found.CircuitBreaker(options), found.guardedCall);
}

export function asDocumented({ failureThreshold = 1, successThreshold = 1, openMs }: BreakerOptions): Breaker {
  const options = { failureThreshold, successThreshold, timeout: openMs };
  return specimen(new documented.CircuitBreaker(options), documented.guardedCall);
}

/** What is called through the breaker: it takes its time, and answers or fails. */
export function service(sim: Sim, takes: number | readonly [number, number], fails = false): () => Promise<void> {
  return async () => {
    await sim.io('service', { latency: takes });
    if (fails) throw new Error('service is down');
  };
}

/** A call that fails after `takes` ms: by default a breaker trips at the first. */
export async function trip(sim: Sim, breaker: Breaker, takes = 1): Promise<void> {
  await sim.attempt('call', { fails: true }, () => breaker.call(service(sim, takes, true)));
}
