import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CircuitBreaker } from '../../../src/systems/breaker/index.ts';
import { BudgetManager, type Reservation } from '../../../src/systems/budget/index.ts';

/** Model amounts are whole cents, so the model's sums are exact without the manager's arithmetic. */
const LIMIT = 100;
const TTL_MS = 20;

interface ModelAttempt {
  readonly id: string;
  readonly estimate: number;
  readonly expiresAt: number;
  readonly reservation: Reservation;
  state: 'open' | 'expired' | 'recorded' | 'failed' | 'released';
}

const cents = fc.integer({ min: 0, max: 60 });
const id = fc.constantFrom('a', 'b', 'c', 'd');
const which = fc.nat({ max: 30 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('validate' as const), id, cents }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('record' as const), which, cents }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('fail' as const), which, cents: fc.integer({ min: 0, max: 5 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('steal' as const), which, id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 15 }) }) },
);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('any sequence of operations leaves the accounts where the sequential model says they are', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const circuitBreaker = new CircuitBreaker({ failureThreshold: 1_000_000 });
      const outcomes = { success: 0, failure: 0 };
      vi.spyOn(circuitBreaker, 'recordSuccess').mockImplementation(() => (outcomes.success++, 'counted'));
      vi.spyOn(circuitBreaker, 'recordFailure').mockImplementation(() => (outcomes.failure++, 'counted'));
      const budget = new BudgetManager({ limit: LIMIT / 100, reservationTtlMs: TTL_MS, circuitBreaker });
      let announced = 0;
      budget.on('overrun', ({ excess }) => (announced += Math.round(excess * 100)));
      const attempts: ModelAttempt[] = [];
      const sum = (state: string): number =>
        attempts.reduce((total, a) => total + (a.state === state ? a.estimate : 0), 0);
      let used = 0;
      let excess = 0;
      const spend = (attempt: ModelAttempt, cost: number): void => {
        used += cost;
        excess += Math.max(0, cost - (attempt.state === 'open' ? attempt.estimate : 0));
      };
      const start = performance.now();

      for (const action of steps) {
        const now = performance.now() - start;
        const attempt = 'which' in action ? attempts[action.which % Math.max(1, attempts.length)] : undefined;
        const live = attempt?.state === 'open' || attempt?.state === 'expired';
        if (action.do === 'wait') vi.advanceTimersByTime(action.ms);
        else if (action.do === 'validate') {
          const same = attempts.filter((a) => a.id === action.id);
          const duplicate = same.some((a) => a.state === 'open' || a.state === 'recorded');
          const fits = used + sum('open') + action.cents <= LIMIT;
          const answer = budget.validateOperation(action.id, action.cents / 100, 'agent');
          reached.add(answer.approved ? 'approved' : answer.reason);
          expect(answer.approved ? 'approved' : answer.reason).toBe(
            duplicate ? 'duplicate-operation' : fits ? 'approved' : 'budget-exceeded',
          );
          if (answer.approved) {
            const { reservation } = answer;
            const entry = { id: action.id, estimate: action.cents, expiresAt: now + TTL_MS, reservation };
            attempts.push({ ...entry, state: 'open' });
          }
        } else if (attempt === undefined) continue;
        else if (action.do === 'record') {
          const record = (): unknown => budget.recordUsage(attempt.id, action.cents / 100, attempt.reservation);
          if (live) {
            reached.add(`record ${attempt.state}`);
            record();
            spend(attempt, action.cents);
            attempt.state = 'recorded';
          } else expect(record).toThrow(expect.objectContaining({ code: 'OPERATION_FINISHED' }));
        } else if (action.do === 'release') {
          const { ended } = budget.releaseReservation(attempt.id, attempt.reservation);
          expect(ended).toBe(live);
          if (live) attempt.state = 'released';
        } else if (action.do === 'fail') {
          const fail = (): unknown =>
            budget.recordFailure(attempt.id, new Error('x'), attempt.reservation, action.cents / 100);
          if (live) {
            fail();
            spend(attempt, action.cents);
            attempt.state = 'failed';
          } else if (action.cents > 0) expect(fail).toThrow(expect.objectContaining({ code: 'OPERATION_FINISHED' }));
          else fail();
        } else if (attempt.id !== action.id) {
          const known = attempts.some((a) => a.id === action.id);
          expect(() => budget.recordUsage(action.id, 1, attempt.reservation)).toThrow(
            expect.objectContaining({ code: known ? 'NOT_OWNER' : 'UNTRACKED_OPERATION' }),
          );
        }
        for (const a of attempts)
          if (a.state === 'open' && a.expiresAt <= performance.now() - start) a.state = 'expired';

        const seen = budget.snapshot();
        expect(seen).toMatchObject({
          used: used / 100,
          reserved: sum('open') / 100,
          openReservations: attempts.filter((a) => a.state === 'open').length,
          remembered: attempts.length,
        });
        // An over-run is bounded by its own excess, and every excess is announced once.
        expect(used + sum('open')).toBeLessThanOrEqual(LIMIT + excess);
        expect(announced).toBe(excess);
        expect(outcomes).toEqual({
          success: attempts.filter((a) => a.state === 'recorded').length,
          failure: attempts.filter((a) => a.state === 'failed').length,
        });
        expect(vi.getTimerCount()).toBe(seen.openReservations > 0 ? 1 : 0);
      }
      budget.close();
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 500, seed: 3 },
  );
  expect([...reached].sort()).toEqual([
    'approved',
    'budget-exceeded',
    'duplicate-operation',
    'record expired',
    'record open',
  ]);
});

test('amounts do not drift: whatever was reserved and given back, in any order, is worth nothing in the end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 50 }),
      fc.infiniteStream(fc.nat()),
      (tenths, order) => {
        const total = tenths.reduce((sum, value) => sum + value, 0);
        const budget = new BudgetManager({ limit: total / 10 });
        const open = tenths.map((value, i) => {
          const answer = budget.validateOperation(`op-${i}`, value / 10, 'agent');
          if (!answer.approved) throw new Error('the estimates add up to the limit exactly');
          return answer;
        });
        expect(budget.snapshot().available).toBe(0);
        for (const at of order) {
          const [next] = open.splice(at % open.length, 1);
          budget.releaseReservation(next!.operationId, next!.reservation);
          if (open.length === 0) break;
        }
        expect(budget.snapshot()).toMatchObject({ reserved: 0, available: total / 10 });
        budget.close();
      },
    ),
    { numRuns: 200, seed: 4 },
  );
});
