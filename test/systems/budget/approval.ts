import type { Approval, BudgetManager, Reservation, ValidationResult } from '../../../src/systems/budget/index.ts';

/** The approval, or an error that names the refusal. */
export function approved(result: ValidationResult): Approval {
  if (!result.approved) throw new Error(`refused: ${result.reason}`);
  return result;
}

/** Approves an operation and returns its reservation. */
export function reserve(budget: BudgetManager, operationId: string, estimatedCost: number): Reservation {
  return approved(budget.validateOperation(operationId, estimatedCost, 'agent')).reservation;
}
