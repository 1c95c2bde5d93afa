import { requireCount } from './option-check.ts';

/** Who runs requests: a supervisor, a pool of workers, a rate limiter. */
export interface RequestWorkers {
  /**
   * Starts `run` and returns true; or returns false, at once and without having started it, when no worker is to be had.
   * To throw means the same as false.
   */
  tryStart(run: () => Promise<void>): boolean;
}

/**
 * So many requests at a time, and no more.
 *
 * @example
 * ```ts
 * const slots = new WorkerSlots(2);
 * if (!slots.tryStart(() => Promise.resolve())) console.log('all busy');
 * ```
 */
export class WorkerSlots implements RequestWorkers {
  readonly #size: number;
  #busy = 0;

  /** @throws ConnectionError 'invalid-argument' */
  constructor(size: number) {
    requireCount('size', size, 0);
    this.#size = size;
  }

  get busy(): number {
    return this.#busy;
  }

  tryStart(run: () => Promise<void>): boolean {
    if (this.#busy >= this.#size) return false;
    this.#busy += 1;
    const done = (): void => {
      this.#busy -= 1;
    };
    // Also what it throws at once is an end.
    const perform = async (): Promise<void> => {
      await run();
    };
    perform().then(done, done);
    return true;
  }
}
