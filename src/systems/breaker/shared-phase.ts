import type { BreakerSettings } from './breaker-options.ts';
import type { BreakerRecord, StoredBreaker } from './breaker-store.ts';

/** A breaker of which nothing has been heard. */
export const INITIAL: StoredBreaker = {
  version: 0,
  record: { state: 'CLOSED', generation: 0, failures: [], successes: [], probes: [] },
  ageMs: 0,
};

/** What is to be done about a stored breaker: replace its record, or nothing; with the answer for who asked. */
export interface Step<T> {
  /** The record to write; undefined where it stays as it is. */
  readonly next?: BreakerRecord;
  readonly answer: T;
}

/** The right to one attempt, as the store knows it. */
export interface SharedPermit {
  readonly id: string;
  /** The period that admitted it; its outcome counts in no other. */
  readonly generation: number;
  readonly probe: boolean;
}

export type SharedAdmission =
  | { readonly admitted: true; readonly permit: SharedPermit }
  | { readonly admitted: false; readonly reason: 'open' | 'probes-busy'; readonly retryAfterMs: number };

/** What one request to go ahead does, by Nygard's rules; pure. Asked again with the same `id` it answers the same. */
export function admit(
  { record, ageMs }: StoredBreaker,
  id: string,
  { openMs, maxProbes, probeTimeoutMs }: BreakerSettings,
): Step<SharedAdmission> {
  const { state, generation, probes } = record;
  if (state === 'CLOSED') return { answer: { admitted: true, permit: { id, generation, probe: false } } };
  if (state === 'OPEN') {
    if (ageMs < openMs) return { answer: { admitted: false, reason: 'open', retryAfterMs: openMs - ageMs } };
    const next: BreakerRecord = { ...record, state: 'HALF_OPEN', generation: generation + 1, probes: [id] };
    return { next, answer: { admitted: true, permit: { id, generation: generation + 1, probe: true } } };
  }
  const permit = { id, generation, probe: true };
  if (probes.includes(id)) return { answer: { admitted: true, permit } };
  // Nothing has been written for that long: every probe under way has been silent for at least as long.
  const underWay = ageMs < probeTimeoutMs ? probes : [];
  if (underWay.length >= maxProbes) {
    return { answer: { admitted: false, reason: 'probes-busy', retryAfterMs: probeTimeoutMs - ageMs } };
  }
  return { next: { ...record, probes: [...underWay, id] }, answer: { admitted: true, permit } };
}

/** How an attempt ended; `abandoned` counts as neither. */
export type Outcome = 'succeeded' | 'failed' | 'abandoned';

/** What an outcome does; pure. It counts in the period that admitted its attempt, once. */
export function settle(
  { record }: StoredBreaker,
  { id, generation, probe }: SharedPermit,
  outcome: Outcome,
  { failureThreshold, successThreshold }: BreakerSettings,
): Step<'counted' | 'stale'> {
  if (record.generation !== generation) return { answer: 'stale' };
  const answer = 'counted';
  const enter = (state: BreakerRecord['state']): Step<'counted'> => ({
    next: { state, generation: generation + 1, failures: [], successes: [], probes: [] },
    answer,
  });
  if (!probe) {
    if (outcome === 'abandoned' || record.failures.includes(id)) return { answer };
    if (outcome === 'succeeded')
      return record.failures.length === 0 ? { answer } : { next: { ...record, failures: [] }, answer };
    const failures = [...record.failures, id];
    return failures.length >= failureThreshold ? enter('OPEN') : { next: { ...record, failures }, answer };
  }
  if (record.successes.includes(id)) return { answer };
  if (outcome === 'failed') return enter('OPEN');
  const probes = record.probes.filter((each) => each !== id);
  if (outcome === 'abandoned') {
    return probes.length === record.probes.length ? { answer } : { next: { ...record, probes }, answer };
  }
  const successes = [...record.successes, id];
  return successes.length >= successThreshold ? enter('CLOSED') : { next: { ...record, probes, successes }, answer };
}
