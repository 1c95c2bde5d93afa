import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../sql/index.ts';

/** For how long to try, ms: longer than any transaction here takes, also if its process stands still for a while. */
const PATIENCE_MS = 10_000;

const LONGEST_WAIT_MS = 100;

/**
 * Repeats what the database refused because another connection was at it. `work` must be all or nothing: one
 * statement or one transaction. Waits for a random time, so that two that meet do not meet again.
 */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const since = performance.now();
  for (let waitMs = 2; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      const refused = error instanceof SqlError && (error.code === 'busy' || error.code === 'serialization');
      if (!refused || performance.now() - since > PATIENCE_MS) throw error;
      await sleep(Math.ceil(Math.random() * waitMs));
    }
  }
}
