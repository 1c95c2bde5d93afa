import type { Call, Model } from '../model.ts';

export interface BudgetInput {
  /** Names the reservation. */
  readonly id: string;
  readonly amount?: number;
}

export interface BudgetModelOptions {
  /** What there is to spend. */
  readonly limit: number;
  /** Operation that asks for `amount`. Default `reserve`. */
  readonly reserve?: string;
  /** Operation that reports what was spent, `amount`, in place of what was reserved. Default `spend`. */
  readonly spend?: string;
  /** Operation that gives a reservation back. Default `release`. */
  readonly release?: string;
  /** Whether a returned reserve is an approval. Default: its value has `approved: true`. */
  readonly approved?: (call: Call<BudgetInput>) => boolean;
}

export interface BudgetState {
  readonly spent: number;
  /** By id: what is reserved; null once it was spent or given back. */
  readonly reserved: Readonly<Record<string, number | null>>;
}

/** Money is compared with this tolerance, relative to the limit, for subjects that count in floating point. */
const TOLERANCE = 1e-9;

/**
 * A budget whose reservations do not expire. A request is approved when there is room for it, and refused only when
 * there is none, or when its id was used before. Whoever spends more than was reserved may exceed the limit.
 *
 * @example
 * ```ts
 * import { linearizable, models, type Invariant } from 'heddle';
 * // sim.op('reserve', { id: 'a', amount: 6 }, …), 'spend' and 'release' alike
 * export const exactBudget: Invariant = linearizable('exactBudget', models.budget({ limit: 10 }));
 * ```
 */
export function budget(options: BudgetModelOptions): Model<BudgetState, BudgetInput> {
  const { limit, reserve = 'reserve', spend = 'spend', release = 'release', approved = isApproval } = options;
  const slack = Math.abs(limit) * TOLERANCE;
  return {
    initial: { spent: 0, reserved: {} },
    concerns: ({ name }) => [reserve, spend, release].includes(name),
    step(state, call) {
      const { id, amount = 0 } = call.input;
      const { spent, reserved } = state;
      const own = reserved[id];
      if (call.outcome.kind === 'threw') return [state];
      if (call.name === release) return own == null ? [state] : [{ spent, reserved: { ...reserved, [id]: null } }];
      if (call.name === spend)
        return own == null ? [] : [{ spent: spent + amount, reserved: { ...reserved, [id]: null } }];

      const left = limit - committed(state) - amount;
      const asks = call.outcome.kind === 'pending' || approved(call);
      if (asks)
        return typeof own !== 'number' && left >= -slack ? [{ spent, reserved: { ...reserved, [id]: amount } }] : [];
      return own === undefined && left > slack ? [] : [state];
    },
    show: (state) => `${String(committed(state))} of ${String(limit)}`,
  };
}

function committed({ spent, reserved }: BudgetState): number {
  return Object.values(reserved).reduce<number>((sum, amount) => sum + (amount ?? 0), spent);
}

function isApproval({ outcome }: Call): boolean {
  return outcome.kind === 'returned' && (outcome.value as { readonly approved?: unknown } | null)?.approved === true;
}
