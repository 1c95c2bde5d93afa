import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  BreakerError,
  CircuitBreaker,
  type BreakerTransition,
  type CircuitBreakerOptions,
  type Permit,
} from '../../../src/systems/breaker/index.ts';

const OPTIONS = { failureThreshold: 2, successThreshold: 2, openMs: 1_000, maxProbes: 2, probeTimeoutMs: 500 };

function admitted(breaker: CircuitBreaker): Permit {
  const admission = breaker.admit();
  if (!admission.admitted) throw new Error(`refused: ${admission.reason}`);
  return admission.permit;
}

function tripped(options: CircuitBreakerOptions = OPTIONS): CircuitBreaker {
  const breaker = new CircuitBreaker(options);
  while (breaker.state === 'CLOSED') breaker.recordFailure(admitted(breaker));
  return breaker;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('CLOSED', () => {
  test('consecutive failures trip it, a success between them starts the count again', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.recordFailure(admitted(breaker));
    breaker.recordSuccess(admitted(breaker));
    breaker.recordFailure(admitted(breaker));
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', failureCount: 1 });
    breaker.recordFailure(admitted(breaker));
    expect(breaker.state).toBe('OPEN');
  });

  test('an outcome counts once, whatever is reported again', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const permit = admitted(breaker);
    expect(breaker.recordFailure(permit)).toBe('counted');
    expect(breaker.recordFailure(permit)).toBe('duplicate');
    expect(breaker.recordSuccess(permit)).toBe('duplicate');
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', failureCount: 1 });
  });
});

describe('OPEN', () => {
  test('admits nothing before its time and tells when that is', () => {
    const breaker = tripped();
    vi.advanceTimersByTime(999);
    expect(breaker.canExecute()).toBe(false);
    expect(breaker.admit()).toEqual({ admitted: false, reason: 'open', retryAfterMs: 1 });
    vi.advanceTimersByTime(1);
    expect(breaker.canExecute()).toBe(true);
    expect(breaker.admit().admitted).toBe(true);
  });

  test('steps of the wall clock neither open it early nor keep it', () => {
    const breaker = tripped();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(breaker.canExecute()).toBe(false);
    vi.setSystemTime(Date.now() - 7_200_000);
    vi.advanceTimersByTime(1_000);
    expect(breaker.canExecute()).toBe(true);
  });

  test.each(['recordSuccess', 'recordFailure'] as const)(
    '%s from before the trip changes nothing after it',
    (report) => {
      const breaker = new CircuitBreaker(OPTIONS);
      const [early, alsoEarly] = [admitted(breaker), admitted(breaker)];
      breaker.recordFailure(admitted(breaker));
      breaker.recordFailure(admitted(breaker));
      vi.advanceTimersByTime(400);
      const open = breaker.snapshot();
      expect(breaker[report](early)).toBe('stale');
      expect(breaker.snapshot()).toEqual(open);
      vi.advanceTimersByTime(600);
      admitted(breaker);
      const halfOpen = breaker.snapshot();
      expect(breaker[report](alsoEarly)).toBe('stale');
      expect(breaker.snapshot()).toEqual(halfOpen);
    },
  );
});

describe('HALF_OPEN', () => {
  test('admits at most maxProbes at once, and another for each that reports or is abandoned', () => {
    const breaker = tripped({ ...OPTIONS, successThreshold: 9 });
    vi.advanceTimersByTime(1_000);
    const [first, second] = [admitted(breaker), admitted(breaker)];
    expect(first).toEqual({ generation: 2, probe: true });
    expect(breaker.admit()).toEqual({ admitted: false, reason: 'probes-busy', retryAfterMs: 500 });
    breaker.recordSuccess(first);
    admitted(breaker);
    expect(breaker.canExecute()).toBe(false);
    breaker.abandon(second);
    expect(breaker.canExecute()).toBe(true);
    expect(breaker.snapshot()).toMatchObject({ state: 'HALF_OPEN', successCount: 1, probesUnderWay: 1 });
  });

  test('enough successes close it; a probe that fails afterwards is stale', () => {
    const breaker = tripped({ ...OPTIONS, maxProbes: 3 });
    vi.advanceTimersByTime(1_000);
    const probes = [admitted(breaker), admitted(breaker), admitted(breaker)] as const;
    breaker.recordSuccess(probes[0]);
    breaker.recordSuccess(probes[1]);
    expect(breaker.state).toBe('CLOSED');
    expect(breaker.recordFailure(probes[2])).toBe('stale');
    expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', failureCount: 0 });
  });

  test('one failure opens it again for the full time', () => {
    const breaker = tripped();
    vi.advanceTimersByTime(1_500);
    const [first, second] = [admitted(breaker), admitted(breaker)];
    breaker.recordFailure(first);
    expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', retryAfterMs: 1_000 });
    expect(breaker.recordSuccess(second)).toBe('stale');
    expect(breaker.state).toBe('OPEN');
  });

  test('a probe that never reports gives its slot up, so the breaker cannot get stuck', () => {
    const breaker = tripped({ ...OPTIONS, maxProbes: 1, successThreshold: 1 });
    vi.advanceTimersByTime(1_000);
    admitted(breaker);
    vi.advanceTimersByTime(499);
    expect(breaker.canExecute()).toBe(false);
    vi.advanceTimersByTime(1);
    expect(breaker.canExecute()).toBe(true);
    breaker.recordSuccess(admitted(breaker));
    expect(breaker.state).toBe('CLOSED');
  });

  test('a probe slower than its slot still counts while the period lasts, so slow and healthy closes it', () => {
    const breaker = tripped({ ...OPTIONS, maxProbes: 1, successThreshold: 1 });
    vi.advanceTimersByTime(1_000);
    const slow = admitted(breaker);
    vi.advanceTimersByTime(2_000);
    expect(breaker.recordSuccess(slow)).toBe('counted');
    expect(breaker.state).toBe('CLOSED');
  });
});

test('thresholds of 1: one failure opens, one probe closes', () => {
  const breaker = tripped({ failureThreshold: 1, successThreshold: 1, openMs: 1, maxProbes: 1 });
  expect(breaker.snapshot()).toMatchObject({ state: 'OPEN', generation: 1 });
  vi.advanceTimersByTime(1);
  breaker.recordSuccess(admitted(breaker));
  expect(breaker.snapshot()).toMatchObject({ state: 'CLOSED', generation: 3 });
});

test('canExecute and snapshot change nothing, however often they are asked', () => {
  const breaker = tripped();
  vi.advanceTimersByTime(5_000);
  const before = breaker.snapshot();
  for (let i = 0; i < 10; i += 1) expect(breaker.canExecute()).toBe(true);
  expect(breaker.snapshot()).toEqual(before);
  expect(before.state).toBe('OPEN');
});

test('transitions are announced in order, also when a listener causes the next one', () => {
  const breaker = new CircuitBreaker({ ...OPTIONS, failureThreshold: 1, successThreshold: 1 });
  const heard: string[] = [];
  const say = ({ from, to, cause }: BreakerTransition): number => heard.push(`${from}>${to}:${cause}`);
  breaker.on('transition', ({ to }) => {
    if (to !== 'OPEN') return;
    vi.advanceTimersByTime(1_000);
    breaker.recordSuccess(admitted(breaker));
  });
  breaker.on('transition', say);
  breaker.recordFailure(admitted(breaker));
  expect(heard).toEqual(['CLOSED>OPEN:failures', 'OPEN>HALF_OPEN:time', 'HALF_OPEN>CLOSED:probes-succeeded']);
});

test('a listener that asks for a probe cannot get the slot of the one that is being admitted', () => {
  const breaker = tripped({ ...OPTIONS, maxProbes: 1 });
  const nested: boolean[] = [];
  breaker.on('transition', () => nested.push(breaker.admit().admitted));
  vi.advanceTimersByTime(1_000);
  expect(breaker.admit().admitted).toBe(true);
  expect(nested).toEqual([false]);
});

describe('execute', () => {
  test('passes on the value and counts a success', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.recordFailure(admitted(breaker));
    await expect(breaker.execute(() => Promise.resolve(42))).resolves.toBe(42);
    expect(breaker.snapshot().failureCount).toBe(0);
  });

  test('passes on the very error, counts a failure, and refuses without calling once open', async () => {
    const breaker = new CircuitBreaker({ ...OPTIONS, failureThreshold: 1 });
    const cause = new Error('no answer');
    const call = vi.fn(() => {
      throw cause;
    });
    await expect(breaker.execute(call)).rejects.toBe(cause);
    await expect(breaker.execute(call)).rejects.toMatchObject({ code: 'NOT_ADMITTED', retryAfterMs: 1_000 });
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe('bad input', () => {
  const wrong: CircuitBreakerOptions[] = [
    { failureThreshold: 0 },
    { failureThreshold: 1.5 },
    { successThreshold: NaN },
    { openMs: 0 },
    { openMs: Infinity },
    { maxProbes: -1 },
    { probeTimeoutMs: NaN },
  ];
  test.each(wrong)('%o is refused by name', (options) => {
    const [option] = Object.keys(options);
    expect(() => new CircuitBreaker(options)).toThrow(BreakerError);
    expect(() => new CircuitBreaker(options)).toThrow(`Expected ${option ?? ''} to be`);
  });

  test('a permit of another breaker, or a copy, is refused', () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const foreign = admitted(new CircuitBreaker(OPTIONS));
    expect(() => breaker.recordFailure(foreign)).toThrow(expect.objectContaining({ code: 'FOREIGN_PERMIT' }));
    const copy = { ...admitted(breaker) };
    expect(() => breaker.recordSuccess(copy)).toThrow(expect.objectContaining({ code: 'FOREIGN_PERMIT' }));
  });
});
