import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BudgetManager } from '../../../src/systems/budget/index.ts';
import { reserve } from './approval.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('the reservation of a caller that crashed is given back when its time is over, and not before', () => {
  const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
  const expired = vi.fn();
  budget.on('reservationExpired', expired);
  reserve(budget, 'a', 6);
  vi.advanceTimersByTime(60);
  reserve(budget, 'b', 4);
  vi.advanceTimersByTime(39);
  expect(budget.snapshot().reserved).toBe(10);
  vi.advanceTimersByTime(1);
  expect(budget.snapshot()).toMatchObject({ reserved: 4, openReservations: 1 });
  vi.advanceTimersByTime(60);
  expect(budget.snapshot()).toMatchObject({ reserved: 0, openReservations: 0 });
  expect(expired.mock.calls.map(([event]: { operationId: string }[]) => event?.operationId)).toEqual(['a', 'b']);
});

test('expiry does not wait for a timer that is late', () => {
  const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
  reserve(budget, 'a', 10);
  const at = performance.now() + 100;
  vi.spyOn(performance, 'now').mockReturnValue(at);
  expect(budget.validateOperation('b', 10, 'agent').approved).toBe(true);
  vi.restoreAllMocks();
});

test('a step of the wall clock expires nothing', () => {
  const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
  reserve(budget, 'a', 10);
  vi.setSystemTime(Date.now() + 3_600_000);
  expect(budget.validateOperation('b', 1, 'agent')).toMatchObject({ reason: 'budget-exceeded' });
});

test('usage reported after expiry is counted, announced once as an over-run, and counts for the breaker', () => {
  const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
  const overrun = vi.fn();
  budget.on('overrun', overrun);
  const a = reserve(budget, 'a', 6);
  vi.advanceTimersByTime(100);
  reserve(budget, 'b', 8);
  expect(budget.recordUsage('a', 5, a)).toEqual({
    operationId: 'a',
    actualCost: 5,
    excess: 5,
    late: true,
    breaker: 'counted',
  });
  expect(budget.snapshot()).toMatchObject({ used: 5, reserved: 8, available: -3 });
  expect(overrun).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cause: 'late', excess: 5 }));
  expect(budget.releaseReservation('a', a)).toMatchObject({ ended: false, status: 'recorded' });
});

test('at most one timer is live, none when nothing is open, none after close', () => {
  const budget = new BudgetManager({ limit: 100, reservationTtlMs: 100 });
  expect(vi.getTimerCount()).toBe(0);
  const reservations = ['a', 'b', 'c'].map((id) => [id, reserve(budget, id, 1)] as const);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(50);
  reserve(budget, 'd', 1);
  vi.advanceTimersByTime(50);
  expect(vi.getTimerCount()).toBe(1);
  for (const [id, reservation] of reservations) budget.releaseReservation(id, reservation);
  vi.advanceTimersByTime(50);
  expect(vi.getTimerCount()).toBe(0);
  reserve(budget, 'e', 1);
  budget.close();
  budget.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('a closed manager approves nothing, still counts what its owners report, and arms no timer again', () => {
  const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
  const [a, b] = [reserve(budget, 'a', 3), reserve(budget, 'b', 3)];
  budget.close();
  expect(budget.validateOperation('c', 1, 'agent')).toEqual({ approved: false, operationId: 'c', reason: 'closed' });
  budget.recordUsage('a', 2, a);
  expect(budget.snapshot()).toMatchObject({ used: 2, reserved: 3 });
  vi.advanceTimersByTime(100);
  expect(budget.recordUsage('b', 1, b)).toMatchObject({ late: true });
  expect(budget.snapshot()).toMatchObject({ used: 3, reserved: 0 });
  expect(vi.getTimerCount()).toBe(0);
});

test('a listener that closes the manager while reservations expire leaves no timer', () => {
  const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100 });
  budget.on('reservationExpired', () => {
    budget.close();
  });
  reserve(budget, 'a', 1);
  vi.advanceTimersByTime(50);
  reserve(budget, 'b', 1);
  vi.advanceTimersByTime(50);
  expect(vi.getTimerCount()).toBe(0);
});

test('memory is bounded: ended operations are forgotten first to last, expired ones apart and not in silence', () => {
  const budget = new BudgetManager({ limit: 1_000, reservationTtlMs: 100, retention: 2 });
  const forgotten = vi.fn();
  budget.on('expiredForgotten', forgotten);
  const first = reserve(budget, 'expired-0', 1);
  const kept = reserve(budget, 'expired-1', 1);
  vi.advanceTimersByTime(100);
  for (let i = 0; i < 50; i += 1) budget.recordUsage(`done-${i}`, 1, reserve(budget, `done-${i}`, 1));
  expect(budget.snapshot().remembered).toBe(4);
  expect(forgotten).not.toHaveBeenCalled();
  expect(budget.validateOperation('done-49', 1, 'agent')).toMatchObject({ reason: 'duplicate-operation' });
  expect(budget.validateOperation('done-47', 1, 'agent').approved).toBe(true);
  vi.advanceTimersByTime(100);
  expect(forgotten).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ operationId: 'expired-0' }));
  expect(() => budget.recordUsage('expired-0', 1, first)).toThrow(
    expect.objectContaining({ code: 'UNTRACKED_OPERATION' }),
  );
  expect(budget.recordUsage('expired-1', 1, kept)).toMatchObject({ late: true });
});

test('an expired operation that was ended late is remembered as ended, and no longer as expired', () => {
  const budget = new BudgetManager({ limit: 10, reservationTtlMs: 100, retention: 1 });
  const forgotten = vi.fn();
  budget.on('expiredForgotten', forgotten);
  const first = reserve(budget, 'a', 1);
  vi.advanceTimersByTime(100);
  budget.recordUsage('a', 1, first);
  reserve(budget, 'b', 1);
  vi.advanceTimersByTime(100);
  expect(forgotten).not.toHaveBeenCalled();
  expect(budget.validateOperation('a', 1, 'agent')).toMatchObject({ existing: 'recorded' });
});

test('the timer does not keep the process up', () => {
  const budget = new BudgetManager({ limit: 10 });
  const timeout = vi.spyOn(globalThis, 'setTimeout');
  reserve(budget, 'a', 1);
  const timers = timeout.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef());
  timeout.mockRestore();
  budget.close();
  expect(timers).toEqual([false]);
});
