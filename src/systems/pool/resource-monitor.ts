import { requireWhole } from './argument-check.ts';

/** The right to one worker. */
export interface WorkerSlot {
  /** Gives it back; a second time does nothing. */
  release(): void;
}

/**
 * Admits workers while there are fewer than the maximum.
 *
 * To ask is to reserve: between a check and the spawn that follows it others would be told the same, so there is no check
 * without a reservation.
 *
 * @example
 * ```ts
 * import { ResourceMonitor } from 'heddle/systems';
 * const monitor = new ResourceMonitor({ maxWorkers: 2 });
 * const slot = monitor.reserve();
 * if (slot === undefined) console.log('busy');
 * else slot.release();
 * ```
 */
export class ResourceMonitor {
  readonly maxWorkers: number;
  #running = 0;

  /** @throws PoolError 'invalid-argument' unless `maxWorkers` is a whole number >= 0. */
  constructor({ maxWorkers }: { readonly maxWorkers: number }) {
    requireWhole('maxWorkers', maxWorkers, 0, Number.MAX_SAFE_INTEGER);
    this.maxWorkers = maxWorkers;
  }

  /** Slots that are taken: workers that run or are about to. */
  get running(): number {
    return this.#running;
  }

  /** Takes a slot; undefined when there is none. */
  reserve(): WorkerSlot | undefined {
    if (this.#running >= this.maxWorkers) return undefined;
    this.#running += 1;
    let taken = true;
    return {
      release: () => {
        if (!taken) return;
        taken = false;
        this.#running -= 1;
      },
    };
  }
}
