import type { Priority } from './priority.ts';

/** Who an event is about. */
export interface OperationLabel {
  readonly operationId: string;
  readonly agentId: string;
  readonly priority: Priority;
}

/** More was spent than was held. `used + reserved` can exceed the limit by the sum of all `excess`, never by more. */
export interface Overrun extends OperationLabel {
  /** `late`: the reservation had expired, so nothing was held any more. */
  readonly cause: 'above-estimate' | 'late';
  /** Currency units that were spent. */
  readonly actualCost: number;
  /** Currency units spent beyond what was held. */
  readonly excess: number;
  /** Currency units left after it; negative if the limit is exceeded, and then nothing is approved. */
  readonly available: number;
}

/** Events of a `BudgetManager`; delivered in order, after the accounts have changed. Amounts in currency units. */
export interface BudgetEvents {
  reserved: [OperationLabel & { readonly reserved: number }];
  usageRecorded: [OperationLabel & { readonly actualCost: number; readonly late: boolean }];
  operationFailed: [OperationLabel & { readonly error: unknown; readonly spent: number }];
  reservationReleased: [OperationLabel & { readonly releasedAmount: number }];
  reservationExpired: [OperationLabel & { readonly releasedAmount: number }];
  /** Exactly once for each operation that spent more than was held for it. */
  overrun: [Overrun];
  /** An expired operation has left the memory unresolved: if its owner reports now, the report is refused. */
  expiredForgotten: [OperationLabel];
}
