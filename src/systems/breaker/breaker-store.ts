import type { BreakerState } from './phase.ts';

/**
 * What several processes know of one breaker, as one value that is only ever replaced as a whole. Counters are lists of
 * the permits that count, so that an outcome that is reported again, because nobody knows whether the first report
 * arrived, does not count twice. Each list is bounded by the threshold that it is compared with.
 */
export interface BreakerRecord {
  readonly state: BreakerState;
  /** Transitions so far. */
  readonly generation: number;
  /** Permits whose attempts failed in a row, in CLOSED. */
  readonly failures: readonly string[];
  /** Permits whose probes succeeded, in HALF_OPEN. */
  readonly successes: readonly string[];
  /** Permits of the probes under way, in HALF_OPEN. */
  readonly probes: readonly string[];
}

/** A record as it was when the store was asked. */
export interface StoredBreaker {
  /** Changes with every write. */
  readonly version: number;
  readonly record: BreakerRecord;
  /** Ms since the record was written, by the store's own clock: processes need not agree on the time. */
  readonly ageMs: number;
}

/**
 * Where processes share their breakers: a table in a database, a key in Redis, or {@link MemoryBreakerStore}. Two
 * operations, each of which must be atomic; the second is what makes a counter and a transition one step.
 */
export interface BreakerStore {
  /** The breaker of that name; undefined if nobody has written it yet. */
  read(name: string): Promise<StoredBreaker | undefined>;
  /**
   * Writes `record` if the breaker is still at `version` (0 for one that does not exist), and resolves with whether it
   * was. A rejection says nothing about whether it was written.
   */
  compareAndSet(name: string, version: number, record: BreakerRecord): Promise<boolean>;
}

/** The store of processes that share their memory, and of tests. Never fails. */
export class MemoryBreakerStore implements BreakerStore {
  readonly #breakers = new Map<string, { version: number; record: BreakerRecord; writtenAt: number }>();

  read(name: string): Promise<StoredBreaker | undefined> {
    const stored = this.#breakers.get(name);
    if (stored === undefined) return Promise.resolve(undefined);
    const { version, record, writtenAt } = stored;
    return Promise.resolve({ version, record, ageMs: performance.now() - writtenAt });
  }

  compareAndSet(name: string, version: number, record: BreakerRecord): Promise<boolean> {
    const present = this.#breakers.get(name)?.version ?? 0;
    if (present !== version) return Promise.resolve(false);
    this.#breakers.set(name, { version: version + 1, record, writtenAt: performance.now() });
    return Promise.resolve(true);
  }
}
