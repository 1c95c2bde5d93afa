import type { Call, Model } from '../model.ts';
import { isGrant } from './grant.ts';

export interface SemaphoreInput {
  /** What is counted; each has permits of its own. */
  readonly resource?: unknown;
  /** How many are asked for or given back. Default 1. */
  readonly permits?: number;
}

export interface SemaphoreOptions {
  /** How many there are. */
  readonly permits: number;
  /** Operation that takes permits. Default `acquire`. */
  readonly acquire?: string;
  /** Operation that gives them back. Default `release`. */
  readonly release?: string;
  /** Whether a returned acquire is a grant. Default: it returned something other than null, undefined, false or `{ granted: false }`. */
  readonly granted?: (call: Call<SemaphoreInput>) => boolean;
}

/**
 * A number of permits, whoever has them: a pool's connections, a limit of calls at a time. They are granted when so many
 * are there, and refused only when they are not.
 *
 * @example
 * ```ts
 * import { linearizable, models, type Invariant } from 'heddle';
 * export const atMostTen: Invariant = linearizable('atMostTen', models.semaphore({ permits: 10 }));
 * ```
 */
export function semaphore(options: SemaphoreOptions): Model<number, SemaphoreInput> {
  const { permits, acquire = 'acquire', release = 'release', granted = isGrant } = options;
  return {
    initial: permits,
    concerns: ({ name }) => name === acquire || name === release,
    key: ({ input }) => input.resource,
    step(left, call) {
      const { permits: count = 1 } = call.input;
      if (call.outcome.kind === 'threw') return [left];
      if (call.name === release) return [Math.min(permits, left + count)];
      const asks = call.outcome.kind === 'pending' || granted(call);
      if (asks) return left >= count ? [left - count] : [];
      return left >= count ? [] : [left];
    },
    show: (left) => `${String(left)} left`,
  };
}
