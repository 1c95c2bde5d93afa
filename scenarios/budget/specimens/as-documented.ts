/**
 * Seed 000, B1 to B4: the budget manager after the documented fix.
 *
 * Lines without a mark are the document's own, with types added. Lines marked `completed` stand where the document says
 * "..." or only describes the code in words; a mark alone on its line belongs to the line below it.
 * The document's words that bind them: the mutex is a promise chain; an operation stays in the map after it completed
 * (only a release deletes it, and "already completed" is an error of a release); a refusal is thrown, because the
 * documented calling code performs the operation without looking at the result. The document names no database, store
 * or network, so nothing but the two mutexes is asynchronous. No caller of `recordFailure` is in the document, not even
 * in its list of changes, so there is none here.
 */
import { EventEmitter } from 'node:events';
import { CircuitBreaker } from '../../breaker/specimens/as-documented.ts';
import { BudgetError } from './budget-error.ts';

export interface BudgetManagerOptions {
  readonly limit: number;
  readonly circuitBreaker?: CircuitBreaker;
}

interface Operation {
  readonly estimatedCost: number;
  readonly agentId: string; // completed
  readonly priority: string; // completed
  status: 'reserved' | 'completed';
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
  operationMutex: Promise<void>;

  // completed
  constructor(options: BudgetManagerOptions) {
    super(); // completed
    this.limit = options.limit; // completed
    this.usage = { used: 0, reserved: 0, operations: new Map() }; // completed
    this.circuitBreaker = options.circuitBreaker ?? new CircuitBreaker(); // completed
    this.operationMutex = Promise.resolve();
  } // completed

  async _acquireMutex(): Promise<() => void> {
    const previous = this.operationMutex; // completed
    let release: () => void = () => undefined; // completed
    // completed
    this.operationMutex = new Promise<void>((resolve) => {
      release = resolve; // completed
    }); // completed
    await previous; // completed
    return release; // completed
  }

  async validateOperation(
    operationId: string,
    estimatedCost: number,
    agentId: string,
    priority = 'MEDIUM',
  ): Promise<{ approved: true; operationId: string; estimatedCost: number }> {
    const unlock = await this._acquireMutex();
    try {
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
      return { approved: true, operationId, estimatedCost };
    } finally {
      unlock();
    }
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as printed: async, and outside the mutex
  async recordUsage(operationId: string, actualCost: number): Promise<{ operationId: string; actualCost: number }> {
    const operation = this.usage.operations.get(operationId);

    if (!operation) {
      throw new BudgetError(
        `Cannot record usage for untracked operation: ${operationId}. ` +
          `All operations must be validated via validateOperation() before recording usage.`,
        { operationId, actualCost, reason: 'untracked-operation' },
      );
    }
    this.usage.reserved -= operation.estimatedCost; // completed
    this.usage.used += actualCost; // completed
    operation.status = 'completed'; // completed
    operation.actualCost = actualCost; // completed

    // eslint-disable-next-line @typescript-eslint/no-floating-promises -- as printed: async by B5, not awaited in B4
    this.circuitBreaker.recordSuccess();

    return { operationId, actualCost };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as printed: async, and outside the mutex
  async releaseReservation(operationId: string): Promise<{ operationId: string; releasedAmount: number }> {
    const operation = this.usage.operations.get(operationId);

    if (!operation || operation.status !== 'reserved') {
      throw new BudgetError(
        `Cannot release reservation: ${operationId}.`, // completed
        { operationId, status: operation?.status, reason: 'not-reserved' }, // completed
      );
    }

    this.usage.reserved -= operation.estimatedCost;
    this.usage.operations.delete(operationId);

    this.emit('reservationReleased', {
      operationId, // completed
      releasedAmount: operation.estimatedCost, // completed
    });

    return { operationId, releasedAmount: operation.estimatedCost };
  }
}

/** The document's usage example. `perform` stands for its comment "Perform operation" and resolves to the actual cost. */
export async function runOperation(
  manager: BudgetManager, // completed
  opId: string, // completed
  cost: number, // completed
  agentId: string, // completed
  perform: () => Promise<number>, // completed
): Promise<void> {
  try {
    await manager.validateOperation(opId, cost, agentId);
    const actualCost = await perform(); // completed
    await manager.recordUsage(opId, actualCost);
  } catch (error) {
    await manager.releaseReservation(opId);
    throw error;
  }
}
