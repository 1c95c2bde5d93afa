/** The three shared breakers behind the same few words, so that one body can drive each of them. */
import type { Sim } from 'heddle';
import { MemoryBreakerStore, SharedCircuitBreaker, type BreakerRecord, type SharedPermit } from 'heddle/systems';
import * as documented from './shared-as-documented.ts';
import * as found from './shared-as-found.ts';

export interface SharedOptions {
  readonly failureThreshold: number;
  readonly openMs: number;
  /** Virtual ms of each way to the store. */
  readonly latency: readonly [number, number];
  readonly faults?: readonly ('lost request' | 'lost reply')[];
}

/** What is in the store at this moment. */
export interface Shared {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly failureCount: number;
}

/** One process's view of the breaker. */
export interface SharedBreaker {
  /** Asks to go ahead. The function that it is given reports how it went; undefined means refused. */
  admit(): Promise<((succeeded: boolean) => Promise<unknown>) | undefined>;
}

export interface SharedBreakers {
  stored(): Shared;
  /** What another process makes of the same store. */
  breaker(): SharedBreaker;
}

const NAME = 'payments';

class WatchedStore extends MemoryBreakerStore {
  record: BreakerRecord | undefined;

  override async compareAndSet(name: string, version: number, record: BreakerRecord): Promise<boolean> {
    const written = await super.compareAndSet(name, version, record);
    if (written) this.record = record;
    return written;
  }
}

export const ours =
  ({ failureThreshold, openMs, latency, faults = [] }: SharedOptions) =>
  (sim: Sim): SharedBreakers => {
    const memory = new WatchedStore();
    const store = sim.device('store', memory, { latency, faults });
    return {
      stored: () => ({ state: memory.record?.state ?? 'CLOSED', failureCount: memory.record?.failures.length ?? 0 }),
      breaker: () => {
        const breaker = new SharedCircuitBreaker({ store, name: NAME, failureThreshold, openMs, successThreshold: 1 });
        const reporter = (permit: SharedPermit) => (succeeded: boolean) =>
          succeeded ? breaker.recordSuccess(permit) : breaker.recordFailure(permit);
        return {
          admit: async () => {
            const admission = await breaker.admit();
            return admission.admitted ? reporter(admission.permit) : undefined;
          },
        };
      },
    };
  };

interface Handler {
  checkCircuitBreaker(name: string): Promise<'closed' | 'open'>;
  recordSuccess(name: string): Promise<void>;
  recordFailure(name: string): Promise<void>;
}

function specimen(handler: Handler): SharedBreaker {
  return {
    admit: async () => {
      if ((await handler.checkCircuitBreaker(NAME)) === 'open') return undefined;
      return (succeeded) => (succeeded ? handler.recordSuccess(NAME) : handler.recordFailure(NAME));
    },
  };
}

const stateOf = (state: 'closed' | 'open'): Shared['state'] => (state === 'open' ? 'OPEN' : 'CLOSED');

export const asFound =
  ({ failureThreshold, openMs, latency }: SharedOptions) =>
  (sim: Sim): SharedBreakers => {
    const terms = new Map<string, found.CircuitBreakerTerm>();
    const persistentTerm = {
      get: (name: string) => terms.get(name),
      put: (name: string, term: found.CircuitBreakerTerm) => void terms.set(name, term),
    };
    const remote = sim.device('persistent_term', persistentTerm, { latency });
    return {
      stored: () => {
        const { state, failureCount } = terms.get(NAME) ?? found.CLOSED;
        return { state: stateOf(state), failureCount };
      },
      breaker: () => specimen(new found.ErrorHandler(remote, failureThreshold, openMs)),
    };
  };

export const asDocumented =
  ({ failureThreshold, openMs, latency }: SharedOptions) =>
  (sim: Sim): SharedBreakers => {
    const rows = new Map<string, documented.CircuitBreakerRow>();
    const ets = {
      insertNew: (row: documented.CircuitBreakerRow) => {
        if (rows.has(row[0])) return false;
        rows.set(row[0], row);
        return true;
      },
      insert: (row: documented.CircuitBreakerRow) => void rows.set(row[0], row),
      lookup: (name: string) => rows.get(name),
      updateCounter: (name: string, by: number) => {
        const [, state, count, openedAt] = rows.get(name)!;
        rows.set(name, [name, state, count + by, openedAt]);
        return count + by;
      },
    };
    const remote = sim.device('ets', ets, { latency });
    return {
      stored: () => {
        const [, state, failureCount] = rows.get(NAME) ?? [NAME, 'closed', 0];
        return { state: stateOf(state), failureCount };
      },
      breaker: () => specimen(new documented.ErrorHandler(remote, failureThreshold, openMs)),
    };
  };
