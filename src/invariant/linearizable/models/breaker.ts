import type { Call, Model } from '../model.ts';
import { isGrant } from './grant.ts';

export interface BreakerInput {
  /** Names the call that is to be admitted, or of which an outcome is reported. */
  readonly call: string;
  /** Of a report: how the call went. */
  readonly succeeded?: boolean;
}

export interface BreakerModelOptions {
  /** Failures in a row after which it opens. */
  readonly failureThreshold: number;
  /** Successful probes after which it closes. Default 1. */
  readonly successThreshold?: number;
  /** Probes at a time. Default 1. */
  readonly probes?: number;
  /** OPEN never ends. Default false: it may end at any time, which is when a probe is admitted. */
  readonly opensForGood?: boolean;
  /** Operation that asks to go ahead. Default `admit`. */
  readonly admit?: string;
  /** Operation that reports the outcome of an admitted call. Default `report`. */
  readonly report?: string;
  /** Whether a returned admit goes ahead. Default: it returned something other than null, undefined, false or `{ granted: false }`. */
  readonly admitted?: (call: Call<BreakerInput>) => boolean;
}

export interface BreakerModelState {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Failures in a row; in HALF_OPEN: successful probes. */
  readonly count: number;
  /** Calls that were admitted in this period and are under way. Outcomes of earlier periods' calls do not count. */
  readonly underWay: readonly string[];
}

/**
 * A circuit breaker. A model knows no time: in OPEN a call may be refused, or be the first probe because the time of OPEN
 * is over. Probes do not time out.
 *
 * @example
 * ```ts
 * import { linearizable, models, type Invariant } from 'heddle';
 *
 * // sim.op('admit', { call: 'c1' }, …) and sim.op('report', { call: 'c1', succeeded: false }, …)
 * const model = models.breaker({ failureThreshold: 3 });
 * export const oneBreaker: Invariant = linearizable('oneBreaker', model);
 * ```
 */
export function breaker(options: BreakerModelOptions): Model<BreakerModelState, BreakerInput> {
  const { failureThreshold, successThreshold = 1, probes = 1, opensForGood = false } = options;
  const { admit = 'admit', report = 'report', admitted = isGrant } = options;
  return {
    initial: become('CLOSED'),
    concerns: ({ name }) => name === admit || name === report,
    step(state, call) {
      const { call: id, succeeded = false } = call.input;
      if (call.outcome.kind === 'threw') return [state];
      if (call.name === report) return [settle(state, id, succeeded)];
      if (call.outcome.kind === 'returned' && !admitted(call)) return refuses(state) ? [state] : [];
      return begin(state, id);
    },
    show: ({ state, count, underWay }) =>
      `${state} at ${String(count)}${underWay.length === 0 ? '' : ` with ${underWay.join(', ')} under way`}`,
  };

  function refuses({ state, underWay }: BreakerModelState): boolean {
    return state === 'OPEN' || (state === 'HALF_OPEN' && underWay.length >= probes);
  }

  function begin(state: BreakerModelState, id: string): BreakerModelState[] {
    if (state.state === 'OPEN') return opensForGood ? [] : [{ ...become('HALF_OPEN'), underWay: [id] }];
    return refuses(state) ? [] : [{ ...state, underWay: [...state.underWay, id].sort() }];
  }

  function settle(before: BreakerModelState, id: string, succeeded: boolean): BreakerModelState {
    if (!before.underWay.includes(id)) return before;
    const underWay = before.underWay.filter((each) => each !== id);
    if (before.state === 'HALF_OPEN') {
      if (!succeeded) return become('OPEN');
      const count = before.count + 1;
      return count >= successThreshold ? become('CLOSED') : { ...before, count, underWay };
    }
    const count = succeeded ? 0 : before.count + 1;
    return count >= failureThreshold ? become('OPEN') : { ...before, count, underWay };
  }
}

function become(state: BreakerModelState['state']): BreakerModelState {
  return { state, count: 0, underWay: [] };
}
