import { setTimeout as sleep } from 'node:timers/promises';
import { SqlError } from '../sql/index.ts';

/** After so many refusals something is wrong that waiting does not cure. */
const TRIES = 12;

const LONGEST_WAIT_MS = 1_000;

/**
 * Repeats what the database refused because another connection was at it. `work` must be all or nothing: one
 * statement or one transaction. Waits for a random time, so that two that meet do not meet again.
 */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const refused = error instanceof SqlError && (error.code === 'busy' || error.code === 'serialization');
      if (!refused || tries === TRIES) throw error;
      await sleep(Math.random() * Math.min(2 ** tries, LONGEST_WAIT_MS));
    }
  }
}
