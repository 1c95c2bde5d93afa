import { inputOf, returnedObject, type Operation } from './history.ts';
import type { Invariant, Watch } from './invariant.ts';

export interface NoOverspendOptions {
  /** What may be committed at any time, in the subject's unit of money. */
  readonly limit: number;
  /** Operation that asks for an approval; its input has `id` and `amount`. Default `reserve`. */
  readonly reserve?: string;
  /** Operation that reports actual spend; its input has `id` and `amount`. Default `spend`. */
  readonly spend?: string;
  /** Operation that gives a reservation back; its input has `id`. Default `release`. */
  readonly release?: string;
  /** Whether a returned reserve operation is an approval. Default: its value has `approved: true`. */
  readonly approved?: (operation: Operation) => boolean;
  /** Virtual ms after its request from which on an approval may have expired. Default: never. */
  readonly expiresAfter?: number;
}

/** What one approval surely commits, from the moment its client knew of it. */
interface Commitment {
  readonly id: unknown;
  readonly estimate: number;
  readonly expiresAt: number;
  /** The actual amount, once its report was invoked. */
  actual: number | null;
  /** The turn in which the report returned; Infinity before. */
  reportedTurn: number;
}

/** Money is compared with this tolerance, relative to the limit, for subjects that count in floating point. */
const TOLERANCE = 1e-9;

function approvedByDefault(operation: Operation): boolean {
  return returnedObject(operation)?.['approved'] === true;
}

/**
 * No approval may be given while what is surely committed, with it, exceeds the limit. Judged from outside, by what
 * clients knew: an approval counts from its return to the invocation of its release; a spend that is under way
 * counts with the smaller of estimate and actual, a reported one with its actual amount for requests that came
 * later. So a subject is never blamed for an order that its clients could not see, and an over-run alone
 * (actual above estimate) is no overspend, but an approval after it is.
 */
export function noOverspend(options: NoOverspendOptions): Invariant {
  const { limit, reserve = 'reserve', spend = 'spend', release = 'release', expiresAfter = Infinity } = options;
  const approved = options.approved ?? approvedByDefault;

  return { name: 'noOverspend', watch };

  function* committed(open: readonly Commitment[], request: Operation): Generator<number> {
    for (const each of open) {
      if (each.expiresAt <= request.endedAt && each.actual === null) continue;
      if (each.actual === null) yield each.estimate;
      else if (each.reportedTurn < request.invokedTurn) yield each.actual;
      else yield Math.min(each.estimate, each.actual);
    }
  }

  function overspent(open: readonly Commitment[], request: Operation): string | undefined {
    const amounts = [...committed(open, request)];
    const total = amounts.reduce((sum, amount) => sum + amount, 0);
    if (total <= limit + Math.abs(limit) * TOLERANCE) return undefined;
    const { id, amount } = inputOf(request);
    return `${String(id)} was approved for ${String(amount)}: ${amounts.join(' + ')} = ${String(total)} committed, limit ${String(limit)}`;
  }

  function watch(): Watch {
    let approvals = 0;
    const open: Commitment[] = [];
    const reports = new Map<Operation, Commitment>();
    const unspent = (id: unknown): Commitment | undefined =>
      open.find((each) => each.id === id && each.actual === null);
    return {
      invoked: (operation) => {
        const { id, amount } = inputOf(operation);
        const commitment = unspent(id);
        if (commitment === undefined) return undefined;
        if (operation.name === release) {
          open.splice(open.indexOf(commitment), 1);
        } else if (operation.name === spend) {
          commitment.actual = Number(amount);
          reports.set(operation, commitment);
        }
        return undefined;
      },
      ended: (operation) => {
        const reported = reports.get(operation);
        if (reported !== undefined) reported.reportedTurn = operation.endedTurn;
        if (operation.name !== reserve || !approved(operation)) return undefined;
        const { id, amount } = inputOf(operation);
        const expiresAt = operation.invokedAt + expiresAfter;
        open.push({ id, estimate: Number(amount), expiresAt, actual: null, reportedTurn: Infinity });
        approvals += 1;
        return overspent(open, operation);
      },
      exercised: () => approvals > 0,
    };
  }
}
