import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  BreakerError,
  CircuitBreaker,
  MemoryBreakerStore,
  SharedCircuitBreaker,
  type BreakerRecord,
  type Permit,
  type SharedCircuitBreakerOptions,
  type SharedPermit,
} from '../../../src/systems/index.ts';

const OPTIONS = { failureThreshold: 3, successThreshold: 2, openMs: 1_000, probeTimeoutMs: 500 };

const breakerOf = (options: Partial<SharedCircuitBreakerOptions> = {}): SharedCircuitBreaker =>
  new SharedCircuitBreaker({ ...OPTIONS, store: new MemoryBreakerStore(), name: 'payments', ...options });

async function permitOf(breaker: SharedCircuitBreaker): Promise<SharedPermit> {
  const admission = await breaker.admit();
  if (!admission.admitted) throw new Error(`refused: ${admission.reason}`);
  return admission.permit;
}

async function fail(breaker: SharedCircuitBreaker, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await breaker.recordFailure(await permitOf(breaker));
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    return await promise;
  } catch (error) {
    return error instanceof BreakerError ? error.code : error;
  }
};

/** Loses what it is told to, as a network would. */
class LossyStore extends MemoryBreakerStore {
  lose: 'nothing' | 'request' | 'reply' = 'nothing';

  override async compareAndSet(name: string, version: number, record: BreakerRecord): Promise<boolean> {
    if (this.lose === 'request') throw new Error('connection reset');
    const written = await super.compareAndSet(name, version, record);
    if (this.lose === 'reply') throw new Error('connection reset');
    return written;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a breaker that two processes share', () => {
  it('trips for both, and opens again for both', async () => {
    const store = new MemoryBreakerStore();
    const [here, there] = [breakerOf({ store }), breakerOf({ store })];
    await fail(here, 2);
    await fail(there, 1);
    expect(await here.admit()).toEqual({ admitted: false, reason: 'open', retryAfterMs: 1_000 });
    vi.advanceTimersByTime(1_000);
    const probe = await permitOf(there);
    expect(await here.admit()).toMatchObject({ admitted: false, reason: 'probes-busy', retryAfterMs: 500 });
    await there.recordSuccess(probe);
    await here.recordSuccess(await permitOf(here));
    expect(await there.snapshot()).toEqual({
      state: 'CLOSED',
      generation: 3,
      failureCount: 0,
      successCount: 0,
      probesUnderWay: 0,
    });
  });

  it('loses no failure of many at once', async () => {
    const store = new MemoryBreakerStore();
    const breakers = Array.from({ length: 8 }, () => breakerOf({ store, failureThreshold: 100 }));
    await Promise.all(breakers.map((breaker) => fail(breaker, 5)));
    expect(await breakers[0]!.snapshot()).toMatchObject({ state: 'CLOSED', failureCount: 40 });
  });

  it('admits one probe of many who ask at once', async () => {
    const store = new MemoryBreakerStore();
    await fail(breakerOf({ store }), 3);
    vi.advanceTimersByTime(1_000);
    const admissions = await Promise.all(Array.from({ length: 10 }, () => breakerOf({ store }).admit()));
    expect(admissions.filter(({ admitted }) => admitted)).toHaveLength(1);
  });

  it('keeps breakers of other names apart', async () => {
    const store = new MemoryBreakerStore();
    await fail(breakerOf({ store }), 3);
    expect(await breakerOf({ store, name: 'mail' }).snapshot()).toMatchObject({ state: 'CLOSED', failureCount: 0 });
  });
});

describe('an outcome', () => {
  it('from before a trip changes nothing after it', async () => {
    const breaker = breakerOf();
    const late = [await permitOf(breaker), await permitOf(breaker)] as const;
    await fail(breaker, 3);
    expect(await breaker.recordSuccess(late[0])).toBe('stale');
    vi.advanceTimersByTime(600);
    expect(await breaker.recordFailure(late[1])).toBe('stale');
    expect(await breaker.admit()).toMatchObject({ admitted: false, retryAfterMs: 400 });
  });

  it('counts once, however often it is reported', async () => {
    const breaker = breakerOf();
    const permit = await permitOf(breaker);
    expect([await breaker.recordFailure(permit), await breaker.recordFailure(permit)]).toEqual([
      'counted',
      'duplicate',
    ]);
    expect((await breaker.snapshot()).failureCount).toBe(1);
  });

  it.each(['request', 'reply'] as const)('counts once when its %s was lost and it is reported again', async (lose) => {
    const store = new LossyStore();
    const breaker = breakerOf({ store });
    const permit = await permitOf(breaker);
    store.lose = lose;
    expect(await codeOf(breaker.recordFailure(permit))).toBe('STORE_UNAVAILABLE');
    store.lose = 'nothing';
    expect(await breaker.recordFailure(permit)).toBe('counted');
    expect((await breaker.snapshot()).failureCount).toBe(1);
  });

  it('of a permit that is not its own is refused', async () => {
    const breaker = breakerOf();
    const permit = await permitOf(breakerOf());
    expect(await codeOf(breaker.recordSuccess(permit))).toBe('FOREIGN_PERMIT');
    expect(await codeOf(breaker.abandon({ ...(await permitOf(breaker)) }))).toBe('FOREIGN_PERMIT');
  });
});

describe('a probe', () => {
  it('that is silent makes room for another, and may still report', async () => {
    const breaker = breakerOf();
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    const silent = await permitOf(breaker);
    vi.advanceTimersByTime(500);
    const second = await permitOf(breaker);
    expect(await breaker.recordSuccess(silent)).toBe('counted');
    expect(await breaker.recordSuccess(second)).toBe('counted');
    expect((await breaker.snapshot()).state).toBe('CLOSED');
  });

  it('that was abandoned gives its slot back at once', async () => {
    const breaker = breakerOf();
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    await breaker.abandon(await permitOf(breaker));
    expect(await permitOf(breaker)).toMatchObject({ probe: true });
  });

  it('that fails opens it anew', async () => {
    const breaker = breakerOf();
    await fail(breaker, 3);
    vi.advanceTimersByTime(1_000);
    await fail(breaker, 1);
    expect(await breaker.admit()).toMatchObject({ admitted: false, retryAfterMs: 1_000 });
  });
});

describe('execute', () => {
  it('passes values and errors on, and refuses when open', async () => {
    const breaker = breakerOf({ failureThreshold: 1 });
    expect(await breaker.execute(() => 42)).toBe(42);
    const error = new RangeError('no');
    expect(await codeOf(breaker.execute(() => Promise.reject(error)))).toBe(error);
    const called = vi.fn();
    await expect(breaker.execute(called)).rejects.toMatchObject({ code: 'NOT_ADMITTED', retryAfterMs: 1_000 });
    expect(called).not.toHaveBeenCalled();
  });

  it('announces an outcome that it could not report, and passes the result on', async () => {
    const store = new LossyStore();
    const breaker = breakerOf({ store });
    const unreported: unknown[] = [];
    breaker.on('unreported', ({ outcome, error }) => unreported.push(outcome, (error as BreakerError).code));
    const error = new RangeError('no');
    const failing = (): never => {
      store.lose = 'request';
      throw error;
    };
    expect(await codeOf(breaker.execute(failing))).toBe(error);
    expect(unreported).toEqual(['failed', 'STORE_UNAVAILABLE']);
  });

  it('calls nothing when the store does not answer', async () => {
    const store = new MemoryBreakerStore();
    store.read = () => Promise.reject(new Error('down'));
    const called = vi.fn();
    await expect(breakerOf({ store }).execute(called)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: expect.objectContaining({ message: 'down' }) as Error,
    });
    expect(called).not.toHaveBeenCalled();
  });
});

it('gives up on a store that never finds what it was read', async () => {
  const store = new MemoryBreakerStore();
  store.compareAndSet = () => Promise.resolve(false);
  const breaker = breakerOf({ store });
  expect(await codeOf(breaker.recordFailure(await permitOf(breaker)))).toBe('STORE_CONTENDED');
});

it.each([{ name: '' }, { failureThreshold: 0 }, { openMs: NaN }])('refuses %j', (options) => {
  expect(() => breakerOf(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }) as Error);
});

type Do = { what: 'admit' | 'succeed' | 'fail' | 'abandon'; which: number } | { what: 'wait'; ms: number };

it('does what the breaker of one process does, where calls come one after the other', async () => {
  const act: fc.Arbitrary<Do> = fc.oneof(
    fc.record({
      what: fc.constantFrom('admit' as const, 'succeed' as const, 'fail' as const, 'abandon' as const),
      which: fc.nat(5),
    }),
    fc.record({ what: fc.constant('wait' as const), ms: fc.constantFrom(1, 400, 999) }),
  );
  // A silent probe's time is counted from the last write here, and from its own admission there: none is that late.
  const options = { ...OPTIONS, failureThreshold: 2, probeTimeoutMs: 1_000_000 };
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const shared = breakerOf(options);
      const single = new CircuitBreaker(options);
      const permits: { shared: SharedPermit; single: Permit }[] = [];
      for (const each of acts) {
        if (each.what === 'wait') {
          vi.advanceTimersByTime(each.ms);
          continue;
        }
        if (each.what === 'admit') {
          const [one, other] = [await shared.admit(), single.admit()];
          expect({ ...one, permit: null }).toEqual({ ...other, permit: null });
          if (one.admitted && other.admitted) permits.push({ shared: one.permit, single: other.permit });
          continue;
        }
        const pair = permits[each.which % Math.max(1, permits.length)];
        if (pair === undefined) continue;
        if (each.what === 'succeed') {
          expect(await shared.recordSuccess(pair.shared)).toBe(single.recordSuccess(pair.single));
        } else if (each.what === 'fail') {
          expect(await shared.recordFailure(pair.shared)).toBe(single.recordFailure(pair.single));
        } else {
          await shared.abandon(pair.shared);
          single.abandon(pair.single);
        }
        const { retryAfterMs: _, ...snapshot } = single.snapshot();
        expect(await shared.snapshot()).toEqual(snapshot);
      }
    }),
    { numRuns: 300 },
  );
});
