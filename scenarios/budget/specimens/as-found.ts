/* eslint-disable @typescript-eslint/require-await -- async as the document's methods are, with nothing to await */
/**
 * Seed 000, B1 to B4: the budget manager as the document found it.
 *
 * The document prints none of it. It is the documented fix with each fix taken out again: no mutex (B1); `recordUsage`
 * silently accepts operations that were never validated (B2); no way to give a reservation back (B3); success reported
 * to the breaker by `validateOperation` (B4). Lines marked `completed` are those that neither the document's listing nor
 * those words settle; a mark alone on its line belongs to the line below it.
 * The document names no database, store or network between the check and the reservation, so there is no await.
 */
import { EventEmitter } from 'node:events';
import { CircuitBreaker } from '../../breaker/specimens/as-found.ts';
import { BudgetError } from './budget-error.ts';

export interface BudgetManagerOptions {
  readonly limit: number;
  readonly circuitBreaker?: CircuitBreaker;
}

interface Operation {
  readonly estimatedCost: number;
  readonly agentId: string; // completed
  readonly priority: string; // completed
  status: 'reserved' | 'completed'; // completed
  actualCost: number | undefined; // completed
}

interface Usage {
  used: number; // completed
  reserved: number;
  readonly operations: Map<string, Operation>;
}

export class BudgetManager extends EventEmitter {
  readonly limit: number; // completed
  readonly usage: Usage;
  readonly circuitBreaker: CircuitBreaker;

  // completed
  constructor(options: BudgetManagerOptions) {
    super(); // completed
    this.limit = options.limit; // completed
    this.usage = { used: 0, reserved: 0, operations: new Map() }; // completed
    this.circuitBreaker = options.circuitBreaker ?? new CircuitBreaker(); // completed
  } // completed

  async validateOperation(
    operationId: string,
    estimatedCost: number,
    agentId: string,
    priority = 'MEDIUM',
  ): Promise<{ approved: true; operationId: string; estimatedCost: number }> {
    // completed
    if (!this.circuitBreaker.canExecute()) {
      throw new BudgetError('Circuit breaker is open', { operationId, reason: 'circuit-open' }); // completed
    } // completed
    const available = this.limit - this.usage.used - this.usage.reserved; // completed
    // completed
    if (estimatedCost > available) {
      const details = { operationId, estimatedCost, available, reason: 'budget-exceeded' }; // completed
      throw new BudgetError(`Budget exceeded by operation: ${operationId}.`, details); // completed
    } // completed
    this.usage.reserved += estimatedCost; // completed
    // completed
    this.usage.operations.set(operationId, {
      estimatedCost, // completed
      agentId, // completed
      priority, // completed
      status: 'reserved', // completed
      actualCost: undefined, // completed
    }); // completed

    this.circuitBreaker.recordSuccess();
    return { approved: true, operationId, estimatedCost };
  }

  async recordUsage(operationId: string, actualCost: number): Promise<{ operationId: string; actualCost: number }> {
    const operation = this.usage.operations.get(operationId);

    // completed
    if (operation) {
      this.usage.reserved -= operation.estimatedCost; // completed
      operation.status = 'completed'; // completed
      operation.actualCost = actualCost; // completed
    } // completed
    this.usage.used += actualCost; // completed

    return { operationId, actualCost };
  }
}

/** The document's usage example without its catch block. `perform` is the operation and resolves to the actual cost. */
export async function runOperation(
  manager: BudgetManager, // completed
  opId: string, // completed
  cost: number, // completed
  agentId: string, // completed
  perform: () => Promise<number>, // completed
): Promise<void> {
  await manager.validateOperation(opId, cost, agentId);
  const actualCost = await perform(); // completed
  await manager.recordUsage(opId, actualCost);
}
