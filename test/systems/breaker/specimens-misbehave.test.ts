import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as documented from '../../../scenarios/breaker/specimens/as-documented.ts';
import * as found from '../../../scenarios/breaker/specimens/as-found.ts';

/** Each test shows one way in which a specimen differs from a sequential breaker: what the scenarios must catch. */

const OPTIONS = { failureThreshold: 3, successThreshold: 2, timeout: 1_000 };
type Breaker = found.CircuitBreaker | documented.CircuitBreaker;

async function fail(breaker: Breaker, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await breaker.recordFailure();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe.each([
  ['as found', found.CircuitBreaker],
  ['as documented', documented.CircuitBreaker],
] as const)('%s', (_, CircuitBreaker) => {
  test('the reported race cannot occur on one event loop: concurrent outcomes all count', async () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, failureThreshold: 1_000 });
    await Promise.all(Array.from({ length: 500 }, async () => breaker.recordFailure()));
    expect(breaker.failureCount).toBe(500);
    await Promise.all([breaker.recordFailure(), breaker.recordSuccess(), breaker.recordFailure()]);
    expect(breaker.failureCount).toBe(1);
  });

  test('everybody is a probe once the time has come', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    expect(Array.from({ length: 50 }, () => breaker.canExecute())).not.toContain(false);
  });

  test('a failure from before the trip keeps OPEN going', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    await fail(breaker, 3);
    vi.advanceTimersByTime(900);
    await breaker.recordFailure();
    vi.advanceTimersByTime(100);
    expect(breaker.canExecute()).toBe(false);
  });

  test('steps of the wall clock open it early, or keep it open', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    await fail(breaker, 3);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(60_000);
    expect(breaker.canExecute()).toBe(false);
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(breaker.canExecute()).toBe(true);
  });
});

describe('as found', () => {
  test('asking is a transition', async () => {
    const breaker = new found.CircuitBreaker(OPTIONS);
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    breaker.canExecute();
    expect(breaker.state).toBe('HALF_OPEN');
  });

  test('successes from before the trip close it without a probe', async () => {
    const breaker = new found.CircuitBreaker(OPTIONS);
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    breaker.canExecute();
    breaker.recordSuccess();
    breaker.recordSuccess();
    expect(breaker.state).toBe('CLOSED');
  });
});

describe('as documented', () => {
  test('successes from before the trip close it without a single admission', async () => {
    const breaker = new documented.CircuitBreaker(OPTIONS);
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    await breaker.recordSuccess();
    expect(breaker.state).toBe('HALF_OPEN');
    await breaker.recordSuccess();
    expect(breaker.state).toBe('CLOSED');
  });

  test('a success threshold of 1 needs two successes', async () => {
    const breaker = new documented.CircuitBreaker({ ...OPTIONS, successThreshold: 1 });
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    await breaker.recordSuccess();
    expect(breaker.state).toBe('HALF_OPEN');
  });

  test('a late success in OPEN lets failing probes through until a full threshold of them has failed', async () => {
    const breaker = new documented.CircuitBreaker(OPTIONS);
    await fail(breaker, 3);
    await breaker.recordSuccess();
    vi.advanceTimersByTime(1_000);
    for (let probe = 0; probe < 2; probe += 1) {
      expect(breaker.canExecute()).toBe(true);
      await breaker.recordFailure();
    }
    expect(breaker.canExecute()).toBe(true);
  });

  test('a failure that is reported but not awaited does not stop the next attempt of the same turn', async () => {
    const breaker = new documented.CircuitBreaker({ ...OPTIONS, failureThreshold: 1 });
    const reported = breaker.recordFailure();
    expect(breaker.canExecute()).toBe(true);
    await reported;
    expect(breaker.canExecute()).toBe(false);
  });
});
