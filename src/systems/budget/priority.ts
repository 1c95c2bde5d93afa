import { BudgetError } from './budget-error.ts';

/** How urgent an operation is. A label for events and records: it does not let anyone exceed the limit. */
export type Priority = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

const PRIORITIES: readonly unknown[] = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] satisfies Priority[];

/** @throws BudgetError `INVALID_PRIORITY` for anything that is not a `Priority`. */
export function checkPriority(priority: unknown): asserts priority is Priority {
  if (PRIORITIES.includes(priority)) return;
  throw new BudgetError('INVALID_PRIORITY', {
    expected: `priority to be one of ${PRIORITIES.join(', ')}`,
    received: priority,
    next: 'Pass one of them, or leave it out for MEDIUM.',
  });
}
