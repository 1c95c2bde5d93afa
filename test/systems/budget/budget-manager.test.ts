import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BudgetManager, type BudgetManagerOptions, type Reservation } from '../../../src/systems/budget/index.ts';
import { CircuitBreaker } from '../../../src/systems/breaker/index.ts';
import { approved, reserve } from './approval.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const code = (name: string): unknown => expect.objectContaining({ name: 'BudgetError', code: name });

describe('approval', () => {
  test('reserves the estimate, up to the limit exactly and not beyond', () => {
    const budget = new BudgetManager({ limit: 0.3 });
    expect(approved(budget.validateOperation('a', 0.1, 'agent'))).toMatchObject({ reserved: 0.1, available: 0.2 });
    expect(budget.validateOperation('b', 0.2, 'agent').approved).toBe(true);
    expect(budget.validateOperation('c', 0.000_001, 'agent')).toEqual({
      approved: false,
      operationId: 'c',
      reason: 'budget-exceeded',
      requested: 0.000_001,
      available: 0,
    });
    expect(budget.snapshot()).toMatchObject({ used: 0, reserved: 0.3, available: 0, openReservations: 2 });
  });

  test('an id that is open is refused, and its reservation is untouched', () => {
    const budget = new BudgetManager({ limit: 10 });
    const first = reserve(budget, 'a', 4);
    const before = budget.snapshot();
    expect(budget.validateOperation('a', 6, 'other')).toMatchObject({
      reason: 'duplicate-operation',
      existing: 'open',
    });
    expect(budget.snapshot()).toEqual(before);
    budget.recordUsage('a', 4, first);
    expect(budget.validateOperation('a', 1, 'agent')).toMatchObject({ existing: 'recorded' });
  });

  test('an id can be tried again after a failure, a release or an expiry, with a reservation of its own', () => {
    const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
    const failed = reserve(budget, 'a', 10);
    budget.recordFailure('a', new Error('no'), failed);
    const released = reserve(budget, 'a', 10);
    budget.releaseReservation('a', released);
    const expired = reserve(budget, 'a', 10);
    vi.advanceTimersByTime(100);
    const last = reserve(budget, 'a', 10);
    expect(new Set([failed, released, expired, last]).size).toBe(4);
    expect(budget.recordUsage('a', 3, expired)).toMatchObject({ late: true, excess: 3 });
    expect(budget.recordUsage('a', 9, last)).toMatchObject({ late: false, excess: 0 });
    expect(budget.snapshot()).toMatchObject({ used: 12, reserved: 0, available: -2 });
  });

  test('ending an expired attempt does not free the id for a third while the second is open', () => {
    const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
    const expired = reserve(budget, 'a', 1);
    vi.advanceTimersByTime(100);
    reserve(budget, 'a', 1);
    budget.releaseReservation('a', expired);
    expect(budget.validateOperation('a', 1, 'agent')).toMatchObject({ existing: 'open' });
  });

  test('a listener of the breaker that spends meanwhile cannot make the manager over-approve', () => {
    const circuitBreaker = new CircuitBreaker({ failureThreshold: 1, maxProbes: 2, openMs: 10 });
    const budget = new BudgetManager({ limit: 10, circuitBreaker });
    budget.recordFailure('a', new Error('down'), reserve(budget, 'a', 1));
    vi.advanceTimersByTime(10);
    const nested: boolean[] = [];
    circuitBreaker.once('transition', () => nested.push(budget.validateOperation('nested', 6, 'agent').approved));
    expect(budget.validateOperation('outer', 6, 'agent')).toMatchObject({ reason: 'budget-exceeded', available: 4 });
    expect(nested).toEqual([true]);
    expect(budget.snapshot()).toMatchObject({ reserved: 6, openReservations: 1 });
    expect(circuitBreaker.snapshot().probesUnderWay).toBe(1);
  });
});

describe('ownership', () => {
  test('is proved by the reservation that the manager was told how to make', () => {
    let count = 0;
    const budget = new BudgetManager({ limit: 1, createReservation: () => `r${String((count += 1))}` });
    const first = approved(budget.validateOperation('a', 0.1, 'agent')).reservation;
    const second = approved(budget.validateOperation('b', 0.1, 'agent')).reservation;
    expect([first, second]).toEqual(['r1', 'r2']);
    expect(() => budget.recordUsage('a', 0.1, second)).toThrow(code('NOT_OWNER'));
    budget.recordUsage('a', 0.1, first);
    expect(budget.snapshot()).toMatchObject({ used: 0.1, openReservations: 1 });
  });

  test('no one but the holder of the reservation can end an operation', () => {
    const budget = new BudgetManager({ limit: 10 });
    const mine = reserve(budget, 'a', 6);
    const other = reserve(budget, 'b', 1);
    for (const forged of [other, 'a', '', undefined] as Reservation[]) {
      expect(() => budget.recordUsage('a', 1, forged)).toThrow(code('NOT_OWNER'));
      expect(() => budget.releaseReservation('a', forged)).toThrow(code('NOT_OWNER'));
      expect(() => budget.recordFailure('a', new Error(), forged)).toThrow(code('NOT_OWNER'));
    }
    expect(budget.snapshot()).toMatchObject({ reserved: 7, used: 0 });
    expect(budget.recordUsage('a', 6, mine)).toMatchObject({ actualCost: 6, excess: 0 });
  });

  test('an operation that was never approved is untracked', () => {
    const budget = new BudgetManager({ limit: 10 });
    expect(() => budget.recordUsage('ghost', 1, 'rsv' as Reservation)).toThrow(code('UNTRACKED_OPERATION'));
    expect(budget.snapshot().used).toBe(0);
  });

  test('errors never show a reservation', () => {
    const budget = new BudgetManager({ limit: 10 });
    const [mine, other] = [reserve(budget, 'a', 1), reserve(budget, 'b', 1)];
    try {
      budget.recordUsage('a', 1, other);
      expect.unreachable();
    } catch (error) {
      const shown = `${String(error)} ${JSON.stringify(error)}`;
      expect(shown).not.toContain(mine);
      expect(shown).not.toContain(other);
    }
  });
});

describe('ending', () => {
  test('usage is counted once: a second report, or one after a release, is refused aloud', () => {
    const budget = new BudgetManager({ limit: 10 });
    const [a, b] = [reserve(budget, 'a', 2), reserve(budget, 'b', 2)];
    budget.recordUsage('a', 2, a);
    budget.releaseReservation('b', b);
    expect(() => budget.recordUsage('a', 2, a)).toThrow(code('OPERATION_FINISHED'));
    expect(() => budget.recordUsage('b', 2, b)).toThrow(code('OPERATION_FINISHED'));
    expect(() => budget.recordFailure('a', new Error(), a, 1)).toThrow(code('OPERATION_FINISHED'));
    expect(budget.snapshot()).toMatchObject({ used: 2, reserved: 0 });
  });

  test('the clean-up of the owner never throws in place of his own error', () => {
    const budget = new BudgetManager({ limit: 10 });
    const a = reserve(budget, 'a', 2);
    budget.recordUsage('a', 2, a);
    const settled = { operationId: 'a', ended: false, status: 'recorded', releasedAmount: 0 };
    expect(budget.releaseReservation('a', a)).toEqual(settled);
    expect(budget.recordFailure('a', new Error(), a)).toEqual(settled);
    expect(budget.snapshot().used).toBe(2);
  });

  test('usage that is not an amount is refused and leaves the reservation to be ended', () => {
    const budget = new BudgetManager({ limit: 10 });
    const a = reserve(budget, 'a', 2);
    for (const cost of [NaN, -1, Infinity, null, undefined, '1'] as number[]) {
      expect(() => budget.recordUsage('a', cost, a)).toThrow(code('INVALID_AMOUNT'));
    }
    expect(budget.snapshot()).toMatchObject({ used: 0, reserved: 2 });
    expect(budget.releaseReservation('a', a)).toMatchObject({ ended: true, releasedAmount: 2 });
  });

  test('what a failed operation had spent is counted', () => {
    const budget = new BudgetManager({ limit: 10 });
    const overrun = vi.fn();
    budget.on('overrun', overrun);
    budget.recordFailure('a', new Error('half way'), reserve(budget, 'a', 2), 3);
    expect(budget.snapshot()).toMatchObject({ used: 3, reserved: 0 });
    expect(overrun).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ excess: 1, cause: 'above-estimate' }));
  });

  test('spending exactly what was held is no over-run, nor is spending nothing after expiry', () => {
    const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
    const overrun = vi.fn();
    budget.on('overrun', overrun);
    const late = reserve(budget, 'late', 2);
    vi.advanceTimersByTime(100);
    budget.recordUsage('a', 2, reserve(budget, 'a', 2));
    budget.recordUsage('late', 0, late);
    expect(overrun).not.toHaveBeenCalled();
  });

  test('an over-run is counted in full, announced once, and blocks what follows', () => {
    const budget = new BudgetManager({ limit: 10 });
    const overrun = vi.fn();
    budget.on('overrun', overrun);
    const a = reserve(budget, 'a', 8);
    reserve(budget, 'b', 2);
    expect(budget.recordUsage('a', 11, a)).toMatchObject({ excess: 3 });
    expect(budget.snapshot()).toMatchObject({ used: 11, reserved: 2, available: -3 });
    expect(budget.validateOperation('c', 0, 'agent')).toMatchObject({ reason: 'budget-exceeded', available: -3 });
    expect(overrun).toHaveBeenCalledExactlyOnceWith({
      operationId: 'a',
      agentId: 'agent',
      priority: 'MEDIUM',
      cause: 'above-estimate',
      actualCost: 11,
      excess: 3,
      available: -3,
    });
  });
});

describe('the circuit breaker', () => {
  test('hears of completed operations only, failures included', () => {
    const circuitBreaker = new CircuitBreaker({ failureThreshold: 2, openMs: 1_000 });
    const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100, circuitBreaker });
    const [success, failure] = [vi.spyOn(circuitBreaker, 'recordSuccess'), vi.spyOn(circuitBreaker, 'recordFailure')];
    const [a, b, c] = [reserve(budget, 'a', 1), reserve(budget, 'b', 1), reserve(budget, 'c', 1)];
    reserve(budget, 'crashed', 1);
    budget.releaseReservation('a', a);
    vi.advanceTimersByTime(100);
    expect([success.mock.calls.length, failure.mock.calls.length]).toEqual([0, 0]);
    budget.recordUsage('b', 1, b);
    budget.recordFailure('c', new Error(), c);
    expect([success.mock.calls.length, failure.mock.calls.length]).toEqual([1, 1]);
    budget.recordFailure('d', new Error(), reserve(budget, 'd', 1));
    expect(budget.validateOperation('e', 1, 'agent')).toMatchObject({ reason: 'circuit-open', retryAfterMs: 1_000 });
    expect(budget.snapshot().openReservations).toBe(0);
  });

  test('an operation that is refused for want of budget takes no probe slot', () => {
    const circuitBreaker = new CircuitBreaker({ failureThreshold: 1, maxProbes: 1, openMs: 10 });
    const budget = new BudgetManager({ limit: 1, circuitBreaker });
    budget.recordFailure('a', new Error(), reserve(budget, 'a', 1));
    vi.advanceTimersByTime(10);
    expect(budget.validateOperation('b', 2, 'agent')).toMatchObject({ reason: 'budget-exceeded' });
    expect(circuitBreaker.state).toBe('OPEN');
    expect(budget.validateOperation('b', 1, 'agent').approved).toBe(true);
  });
});

describe('a probe slot of the breaker', () => {
  test('is free again when its operation is released', () => {
    const circuitBreaker = new CircuitBreaker({ failureThreshold: 1, maxProbes: 1, openMs: 10 });
    const budget = new BudgetManager({ limit: 10, circuitBreaker });
    budget.recordFailure('a', new Error(), reserve(budget, 'a', 1));
    vi.advanceTimersByTime(10);
    const probe = reserve(budget, 'b', 1);
    expect(budget.validateOperation('c', 1, 'agent')).toMatchObject({ reason: 'circuit-open', circuit: 'probes-busy' });
    budget.releaseReservation('b', probe);
    expect(budget.validateOperation('c', 1, 'agent').approved).toBe(true);
  });
});

describe('bad input', () => {
  const options: Partial<BudgetManagerOptions>[] = [
    { limit: -1 },
    { limit: NaN },
    { limit: Infinity },
    { reservationTtlMs: 0 },
    { reservationTtlMs: NaN },
    { reservationTtlMs: 2 ** 31 },
    { retention: 0 },
  ];
  test.each(options)('%o is refused by name', (wrong) => {
    const [option] = Object.keys(wrong);
    const build = (): BudgetManager => new BudgetManager({ limit: 1, ...wrong });
    expect(build).toThrow(code('INVALID_OPTION'));
    expect(build).toThrow(`Expected ${option ?? ''} to be`);
  });

  test('ids, amounts and priorities are checked before anything changes', () => {
    const budget = new BudgetManager({ limit: 10 });
    const before = budget.snapshot();
    expect(() => budget.validateOperation('', 1, 'agent')).toThrow(code('INVALID_ID'));
    expect(() => budget.validateOperation('a', 1, '')).toThrow(code('INVALID_ID'));
    expect(() => budget.validateOperation(null as unknown as string, 1, 'agent')).toThrow(code('INVALID_ID'));
    expect(() => budget.validateOperation('a', 1, 'agent', 'URGENT' as 'HIGH')).toThrow(code('INVALID_PRIORITY'));
    for (const cost of [NaN, -1, Infinity, null, undefined, '1'] as number[]) {
      expect(() => budget.validateOperation('a', cost, 'agent')).toThrow(code('INVALID_AMOUNT'));
    }
    expect(budget.snapshot()).toEqual(before);
  });
});
