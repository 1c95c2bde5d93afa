import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CircuitBreaker, type Permit } from '../../../src/systems/breaker/index.ts';
import { SequentialBreaker, type Report } from './sequential-breaker.ts';

type Step =
  | { readonly do: 'admit' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: Report; readonly which: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'admit' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom<Report>('success', 'failure', 'failure', 'abandon'),
      which: fc.nat({ max: 7 }),
    }),
  },
);
const small = fc.integer({ min: 1, max: 3 });
const limits = fc.record({
  failures: small,
  successes: small,
  openMs: fc.integer({ min: 1, max: 40 }),
  probes: small,
  probeMs: fc.integer({ min: 1, max: 40 }),
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('any sequence of admissions, outcomes and waits gives what the sequential breaker gives', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 60 }), (limit, steps) => {
      const model = new SequentialBreaker(limit);
      const breaker = new CircuitBreaker({
        failureThreshold: limit.failures,
        successThreshold: limit.successes,
        openMs: limit.openMs,
        maxProbes: limit.probes,
        probeTimeoutMs: limit.probeMs,
      });
      const start = performance.now();
      const permits: Permit[] = [];
      for (const action of steps) {
        const now = performance.now() - start;
        if (action.do === 'wait') vi.advanceTimersByTime(action.ms);
        else if (action.do === 'admit') {
          const admission = breaker.admit();
          expect(admission.admitted).toBe(model.admit(now));
          if (admission.admitted) permits.push(admission.permit);
        } else if (permits.length > 0) {
          // Recent permits are the interesting ones; older ones come up through the modulus.
          const index = permits.length - 1 - (action.which % permits.length);
          const permit = permits[index]!;
          const expected = model.report(index, action.do, now);
          if (action.do === 'abandon') breaker.abandon(permit);
          else
            expect(action.do === 'success' ? breaker.recordSuccess(permit) : breaker.recordFailure(permit)).toBe(
              expected,
            );
          reached.add(expected);
        }
        const after = performance.now() - start;
        const seen = breaker.snapshot();
        expect(seen).toMatchObject({
          state: model.state,
          generation: model.period,
          failureCount: model.state === 'CLOSED' ? model.count : 0,
          successCount: model.state === 'HALF_OPEN' ? model.count : 0,
          probesUnderWay: model.underWay(after),
        });
        expect(breaker.canExecute()).toBe(model.wouldAdmit(after));
        expect(seen.retryAfterMs === 0).toBe(model.wouldAdmit(after));
        expect(seen.probesUnderWay).toBeLessThanOrEqual(limit.probes);
        reached.add(seen.state);
      }
    }),
    { numRuns: 500, seed: 1 },
  );
  expect([...reached].sort()).toEqual(['CLOSED', 'HALF_OPEN', 'OPEN', 'counted', 'duplicate', 'stale']);
});

test('it is never stuck: from any state, waiting and then only successes close it', () => {
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 30 }), (limit, steps) => {
      const breaker = new CircuitBreaker({
        failureThreshold: limit.failures,
        successThreshold: limit.successes,
        openMs: limit.openMs,
        maxProbes: limit.probes,
        probeTimeoutMs: limit.probeMs,
      });
      const permits: Permit[] = [];
      for (const action of steps) {
        if (action.do === 'wait') vi.advanceTimersByTime(action.ms);
        else if (action.do === 'admit') {
          const admission = breaker.admit();
          if (admission.admitted) permits.push(admission.permit);
        } else if (action.do === 'failure' && permits.length > 0) breaker.recordFailure(permits.pop()!);
      }
      for (let round = 0; round < limit.successes && breaker.state !== 'CLOSED'; round += 1) {
        vi.advanceTimersByTime(Math.ceil(breaker.snapshot().retryAfterMs));
        const admission = breaker.admit();
        expect(admission.admitted).toBe(true);
        if (admission.admitted) breaker.recordSuccess(admission.permit);
      }
      expect(breaker.state).toBe('CLOSED');
    }),
    { numRuns: 300, seed: 2 },
  );
});
