import { BudgetError } from './budget-error.ts';

/** @throws BudgetError `INVALID_ID` unless `received` is a non-empty string. */
export function checkId(name: 'operationId' | 'agentId', received: unknown): void {
  if (typeof received === 'string' && received !== '') return;
  throw new BudgetError('INVALID_ID', {
    expected: `${name} to be a non-empty string`,
    received,
    next: 'Nothing was changed; pass the id under which the operation is known.',
  });
}
