import { describe, expect, test } from 'vitest';
import * as documentedBreaker from '../../../scenarios/breaker/specimens/as-documented.ts';
import * as documented from '../../../scenarios/budget/specimens/as-documented.ts';
import * as found from '../../../scenarios/budget/specimens/as-found.ts';

/** Each test shows one way in which a specimen breaks an invariant of the budget: what the scenarios must catch. */

const specimens = [
  ['as found', found.BudgetManager],
  ['as documented', documented.BudgetManager],
] as const;

const never = (): Promise<number> => new Promise(() => undefined);
const reason = (name: string): unknown => {
  const details: unknown = expect.objectContaining({ reason: name });
  return expect.objectContaining({ details });
};

describe.each(specimens)('%s', (_, BudgetManager) => {
  test('the reported race cannot occur on one event loop: concurrent validations stay within the limit', async () => {
    const manager = new BudgetManager({ limit: 100 });
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (__, i) => manager.validateOperation(`op-${i}`, 7, 'agent')),
    );
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(14);
    expect(manager.usage.reserved).toBe(98);
  });

  test('a second validate with the same id overwrites the first reservation', async () => {
    const manager = new BudgetManager({ limit: 20 });
    await manager.validateOperation('op', 4, 'a');
    await manager.validateOperation('op', 6, 'b');
    await manager.recordUsage('op', 4);
    await manager.recordUsage('op', 6);
    expect(manager.usage.reserved).toBe(-2);
  });

  test('usage is recorded twice, and the budget of others is given back with it', async () => {
    const manager = new BudgetManager({ limit: 10 });
    await manager.validateOperation('op', 5, 'a');
    await manager.validateOperation('other', 5, 'b');
    await manager.recordUsage('op', 5);
    await manager.recordUsage('op', 0);
    expect(manager.usage.used + manager.usage.reserved).toBe(5);
    await expect(manager.validateOperation('third', 5, 'c')).resolves.toMatchObject({ approved: true });
  });

  test.each([NaN, -100, undefined as unknown as number])('an estimate of %s lets everything pass', async (estimate) => {
    const manager = new BudgetManager({ limit: 10 });
    await manager.validateOperation('poison', estimate, 'a');
    await expect(manager.validateOperation('large', 50, 'b')).resolves.toMatchObject({ approved: true });
  });

  test('an actual cost of NaN lets everything pass', async () => {
    const manager = new BudgetManager({ limit: 10 });
    await manager.validateOperation('op', 1, 'a');
    await manager.recordUsage('op', NaN);
    await expect(manager.validateOperation('large', 50, 'b')).resolves.toMatchObject({ approved: true });
  });

  test('decimals that add up to the limit are refused, and dust stays when all is given back', async () => {
    const manager = new BudgetManager({ limit: 0.3 });
    await manager.validateOperation('a', 0.1, 'agent');
    await expect(manager.validateOperation('b', 0.2, 'agent')).rejects.toEqual(reason('budget-exceeded'));
    const wide = new BudgetManager({ limit: 1 });
    for (const [id, cost] of [
      ['a', 0.1],
      ['b', 0.2],
    ] as const)
      await wide.validateOperation(id, cost, 'agent');
    for (const id of ['a', 'b']) await wide.recordUsage(id, 0);
    expect(wide.usage.reserved).not.toBe(0);
  });

  test('the breaker never hears of a failure: it stays closed while everything fails', async () => {
    const runOperation = BudgetManager === found.BudgetManager ? found.runOperation : documented.runOperation;
    const manager = new BudgetManager({ limit: 1_000 });
    for (let i = 0; i < 20; i += 1) {
      const failing = runOperation(manager as never, `op-${i}`, 1, 'a', () => Promise.reject(new Error('down')));
      await expect(failing).rejects.toThrow('down');
    }
    expect(manager.circuitBreaker).toMatchObject({ state: 'CLOSED', failureCount: 0 });
  });

  test('the reservation of a caller that crashed is never given back', async () => {
    const runOperation = BudgetManager === found.BudgetManager ? found.runOperation : documented.runOperation;
    const manager = new BudgetManager({ limit: 10 });
    void runOperation(manager as never, 'crashed', 10, 'a', never);
    await Promise.resolve();
    await expect(manager.validateOperation('next', 1, 'b')).rejects.toEqual(reason('budget-exceeded'));
  });
});

describe('as found', () => {
  test('records what was never validated, and leaks what failed', async () => {
    const manager = new found.BudgetManager({ limit: 10 });
    await manager.recordUsage('ghost', 50);
    expect(manager.usage.used).toBe(50);
    const other = new found.BudgetManager({ limit: 10 });
    const failing = found.runOperation(other, 'op', 10, 'a', () => Promise.reject(new Error('down')));
    await expect(failing).rejects.toThrow('down');
    expect(other.usage.reserved).toBe(10);
  });

  test('reports success before the operation has begun', async () => {
    const manager = new found.BudgetManager({ limit: 10 });
    manager.circuitBreaker.failureCount = 4;
    await manager.validateOperation('op', 1, 'a');
    expect(manager.circuitBreaker.failureCount).toBe(0);
  });
});

describe('as documented', () => {
  test('a refused retry with the same id gives the reservation of the first away, and its spend is lost', async () => {
    const manager = new documented.BudgetManager({ limit: 10 });
    let finish: (cost: number) => void = () => undefined;
    const first = documented.runOperation(manager, 'op', 6, 'a', () => new Promise((resolve) => (finish = resolve)));
    const retry = documented.runOperation(manager, 'op', 6, 'b', never);
    await expect(retry).rejects.toEqual(reason('budget-exceeded'));
    expect(manager.usage.reserved).toBe(0);
    await expect(manager.validateOperation('third', 10, 'c')).resolves.toMatchObject({ approved: true });
    finish(6);
    // The caller whose money was spent hears of a release that failed, not that his usage was not recorded.
    await expect(first).rejects.toEqual(reason('not-reserved'));
    expect(manager.usage.used).toBe(0);
  });

  test('a refusal reaches the caller as a failed clean-up', async () => {
    const manager = new documented.BudgetManager({ limit: 10 });
    await expect(documented.runOperation(manager, 'op', 11, 'a', never)).rejects.toEqual(reason('not-reserved'));
  });

  test('two owners of one id, one fails: the other cannot record, and the first estimate leaks', async () => {
    const manager = new documented.BudgetManager({ limit: 20 });
    let finish: (cost: number) => void = () => undefined;
    const slow = documented.runOperation(manager, 'op', 4, 'a', () => new Promise((resolve) => (finish = resolve)));
    const failing = documented.runOperation(manager, 'op', 6, 'b', () => Promise.reject(new Error('down')));
    await expect(failing).rejects.toThrow('down');
    finish(4);
    await expect(slow).rejects.toEqual(reason('not-reserved'));
    expect(manager.usage).toMatchObject({ used: 0, reserved: 4 });
  });

  test('when recordUsage returns, the success it reports may not have taken effect', async () => {
    const circuitBreaker = new documentedBreaker.CircuitBreaker({ successThreshold: 1 });
    const manager = new documented.BudgetManager({ limit: 10, circuitBreaker });
    circuitBreaker.state = 'HALF_OPEN';
    await manager.validateOperation('op', 1, 'a');
    await manager.recordUsage('op', 1);
    expect(circuitBreaker.state).toBe('HALF_OPEN');
    await new Promise(setImmediate);
    expect(circuitBreaker.state).toBe('CLOSED');
  });
});
