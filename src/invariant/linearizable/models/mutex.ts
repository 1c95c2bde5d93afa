import type { Call, Model } from '../model.ts';
import { isGrant } from './grant.ts';

export interface MutexInput {
  /** What is locked; each has a lock of its own. */
  readonly resource?: unknown;
}

export interface MutexOptions {
  /** Operation that asks for the lock. Default `acquire`. */
  readonly acquire?: string;
  /** Operation that gives it back. Default `release`. */
  readonly release?: string;
  /** Whether a returned acquire is a grant. Default: it returned something other than null, undefined, false or `{ granted: false }`. */
  readonly granted?: (call: Call<MutexInput>) => boolean;
  /** Who holds the lock then. Default: the task. */
  readonly owner?: (call: Call<MutexInput>) => string;
}

/**
 * A lock that ends only when its holder gives it back. It is granted when nobody holds it, and refused only while
 * somebody does. Who does not hold it changes nothing by a release.
 *
 * @example
 * ```ts
 * import { linearizable, models, type Invariant } from 'heddle';
 * // sim.op('acquire', { resource: 'r' }, …) and sim.op('release', { resource: 'r' }, …)
 * export const behavesAsLock: Invariant = linearizable('behavesAsLock', models.mutex());
 * ```
 */
export function mutex(options: MutexOptions = {}): Model<string | null, MutexInput> {
  const { acquire = 'acquire', release = 'release', granted = isGrant, owner = ({ task }) => task } = options;
  return {
    initial: null,
    concerns: ({ name }) => name === acquire || name === release,
    key: ({ input }) => input.resource,
    step(holder, call) {
      if (call.outcome.kind === 'threw') return [holder];
      if (call.name === release) return [holder === owner(call) ? null : holder];
      const asks = call.outcome.kind === 'pending' || granted(call);
      if (asks) return holder === null ? [owner(call)] : [];
      return holder === null ? [] : [holder];
    },
    show: (holder) => (holder === null ? 'free' : `held by ${holder}`),
  };
}
