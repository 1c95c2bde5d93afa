import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LockError, LockManager, type Abandoned, type Grant } from '../../../src/systems/lock/index.ts';
import { freezeClock } from './frozen-clock.ts';
import { drain, follow } from './settled.ts';

const terms = { waitMs: 100, leaseMs: 1_000 };

describe('LockManager', () => {
  let locks: LockManager;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    locks = new LockManager();
  });

  afterEach(() => {
    locks.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  describe('grants', () => {
    it('a free lock at once, without a timer, with all that the holder needs', async () => {
      const grant = await locks.acquire('r', 'a', terms);
      expect(grant).toEqual({
        resourceId: 'r',
        agentId: 'a',
        lockId: grant.lockId,
        token: 1,
        leaseMs: 1_000,
        expiresAt: performance.now() + 1_000,
      });
      expect(vi.getTimerCount()).toBe(0);
      expect(locks.release(grant)).toEqual({ status: 'released' });
    });

    it('in order of arrival, with growing tokens', async () => {
      const order: number[] = [];
      const run = async (id: number): Promise<void> => {
        const grant = await locks.acquire('r', `agent-${id}`, terms);
        order.push(id, grant.token);
        locks.release(grant);
      };
      await Promise.all([run(1), run(2), run(3)]);
      expect(order).toEqual([1, 1, 2, 2, 3, 3]);
    });

    it('different resources independently', async () => {
      await locks.acquire('r', 'a', terms);
      await expect(locks.acquire('s', 'b', terms)).resolves.toMatchObject({ token: 2 });
    });

    it('the lease in full after a wait: deadline and lease are two things', async () => {
      const first = await locks.acquire('r', 'a', terms);
      const second = locks.acquire('r', 'b', { waitMs: 100, leaseMs: 50 });
      vi.advanceTimersByTime(99);
      locks.release(first);
      expect((await second).expiresAt).toBe(performance.now() + 50);
    });

    it('to the waiter and not to a newcomer that asks in the same turn as the release', async () => {
      const first = await locks.acquire('r', 'a', terms);
      const waiter = follow(locks.acquire('r', 'b', terms));
      locks.release(first);
      const newcomer = follow(locks.acquire('r', 'c', terms));
      await drain();
      expect([waiter.status, newcomer.status]).toEqual(['fulfilled', 'pending']);
    });
  });

  describe('the acquire deadline', () => {
    it('rejects, and a later release grants nothing', async () => {
      const first = await locks.acquire('r', 'a', terms);
      const waiter = follow(locks.acquire('r', 'b', terms));
      vi.advanceTimersByTime(100);
      locks.release(first);
      await drain();
      expect(waiter.error).toMatchObject({ code: 'acquire-timeout' });
      expect(locks.inspect('r')).toEqual({ holder: undefined, waiting: 0 });
    });

    it('of 0 asks once', async () => {
      await locks.acquire('r', 'a', terms);
      await expect(locks.acquire('r', 'b', { ...terms, waitMs: 0 })).rejects.toMatchObject({ code: 'acquire-timeout' });
    });

    it('may be infinite, and then needs no more than the timer of the lease', async () => {
      await locks.acquire('r', 'a', terms);
      const waiter = locks.acquire('r', 'b', { ...terms, waitMs: Infinity });
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(1_000);
      await expect(waiter).resolves.toMatchObject({ agentId: 'b' });
    });

    it('longer than the longest timer of Node is kept', async () => {
      const days = 24 * 3_600_000;
      await locks.acquire('r', 'a', { waitMs: 0, leaseMs: 100 * days });
      const waiter = follow(locks.acquire('r', 'b', { waitMs: 50 * days, leaseMs: 1 }));
      await vi.advanceTimersByTimeAsync(50 * days - 1);
      expect(waiter.status).toBe('pending');
      await vi.advanceTimersByTimeAsync(1);
      expect(waiter.error).toMatchObject({ code: 'acquire-timeout' });
    });

    it('counts by the clock: passed but with its timer still to fire, it is not granted', async () => {
      const clock = freezeClock();
      const first = await locks.acquire('r', 'a', terms);
      const late = follow(locks.acquire('r', 'b', terms));
      const patient = follow(locks.acquire('r', 'c', { ...terms, waitMs: 500 }));
      clock.now += 100;
      locks.release(first);
      await drain();
      expect(late.error).toMatchObject({ code: 'acquire-timeout' });
      expect(patient.value).toMatchObject({ agentId: 'c' });
    });
  });

  describe('a lease', () => {
    it('that ends hands the lock over', async () => {
      await locks.acquire('r', 'crashed', terms);
      const waiter = follow(locks.acquire('r', 'b', { waitMs: 5_000, leaseMs: 1 }));
      await vi.advanceTimersByTimeAsync(999);
      expect(waiter.status).toBe('pending');
      await vi.advanceTimersByTimeAsync(1);
      expect(waiter.value).toMatchObject({ agentId: 'b', token: 2 });
    });

    it('that has ended by the clock can neither be renewed nor released, timer or no timer', async () => {
      const clock = freezeClock();
      const grant = await locks.acquire('r', 'a', terms);
      clock.now += 1_000;
      expect(locks.isHeld(grant)).toBe(false);
      expect(() => locks.renew(grant)).toThrow(expect.objectContaining({ code: 'lease-expired' }));
      expect(locks.release(grant)).toMatchObject({ status: 'refused', error: { code: 'lease-expired' } });
    });

    it('is prolonged by renewal', async () => {
      const grant = await locks.acquire('r', 'a', terms);
      const waiter = follow(locks.acquire('r', 'b', { waitMs: 5_000, leaseMs: 1 }));
      await vi.advanceTimersByTimeAsync(900);
      expect(locks.renew(grant).expiresAt).toBe(performance.now() + 1_000);
      await vi.advanceTimersByTimeAsync(999);
      expect(waiter.status).toBe('pending');
      await vi.advanceTimersByTimeAsync(1);
      expect(waiter.status).toBe('fulfilled');
    });

    it('is not shortened by a renewal for less, which may have been overtaken', async () => {
      const grant = await locks.acquire('r', 'a', terms);
      expect(locks.renew(grant, 10).expiresAt).toBe(grant.expiresAt);
    });

    it('does not follow the wall clock', async () => {
      const grant = await locks.acquire('r', 'a', terms);
      const waiter = follow(locks.acquire('r', 'b', terms));
      vi.setSystemTime(Date.now() + 3_600_000);
      expect(locks.isHeld(locks.renew(grant))).toBe(true);
      vi.setSystemTime(0);
      await vi.advanceTimersByTimeAsync(100);
      expect(waiter.error).toMatchObject({ code: 'acquire-timeout' });
    });
  });

  describe('release', () => {
    it('by anybody but the owner is refused and changes nothing', async () => {
      const grant = await locks.acquire('r', 'a', terms);
      const forged = { ...grant, token: grant.token + 1 };
      const foreign = { ...grant, lockId: 'other' };
      for (const key of [forged, foreign]) {
        expect(locks.release(key)).toMatchObject({ status: 'refused', error: { code: 'not-owner' } });
      }
      expect(locks.isHeld(grant)).toBe(true);
    });

    it('by a stale holder does not free the lock of the next one', async () => {
      const stale = await locks.acquire('r', 'a', terms);
      const next = locks.acquire('r', 'b', { waitMs: 5_000, leaseMs: 1_000 });
      vi.advanceTimersByTime(1_000);
      const held = await next;
      expect(locks.release(stale)).toMatchObject({ status: 'refused', error: { code: 'lease-expired' } });
      expect(locks.isHeld(held)).toBe(true);
    });
  });

  describe('cancelling', () => {
    it('by signal rejects with its reason and leaves the queue', async () => {
      const grant = await locks.acquire('r', 'a', terms);
      const leaving = new AbortController();
      const waiter = follow(locks.acquire('r', 'b', { ...terms, signal: leaving.signal }));
      const reason = new Error('shutting down');
      leaving.abort(reason);
      await drain();
      expect(waiter.error).toMatchObject({ code: 'aborted', cause: reason });
      expect(locks.inspect('r')).toEqual({ holder: grant, waiting: 0 });
      expect(vi.getTimerCount()).toBe(0);
    });

    it('by a signal that has already aborted asks nothing', async () => {
      await expect(locks.acquire('r', 'b', { ...terms, signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'aborted',
      });
      expect(locks.inspect('r').holder).toBeUndefined();
    });

    it('after the grant has no effect, even before the caller has seen it', async () => {
      const first = await locks.acquire('r', 'a', terms);
      const leaving = new AbortController();
      const waiter = locks.acquire('r', 'b', { ...terms, signal: leaving.signal });
      locks.release(first);
      leaving.abort();
      const grant = await waiter;
      expect(locks.isHeld(grant)).toBe(true);
      expect(locks.release(grant)).toEqual({ status: 'released' });
    });

    it('before the release that would have granted leaves no orphan', async () => {
      const first = await locks.acquire('r', 'a', terms);
      const leaving = new AbortController();
      const waiter = follow(locks.acquire('r', 'b', { ...terms, signal: leaving.signal }));
      leaving.abort();
      locks.release(first);
      await drain();
      expect(waiter.status).toBe('rejected');
      expect(locks.inspect('r').holder).toBeUndefined();
    });

    it('wins over a lease that ends at the same instant', async () => {
      const clock = freezeClock();
      await locks.acquire('r', 'a', terms);
      const leaving = new AbortController();
      const waiter = follow(locks.acquire('r', 'b', { waitMs: 5_000, leaseMs: 1_000, signal: leaving.signal }));
      clock.now += 1_000;
      leaving.abort();
      await drain();
      expect(waiter.error).toMatchObject({ code: 'aborted' });
      expect(locks.inspect('r').holder).toBeUndefined();
    });

    it('keeps one listener per signal and none afterwards', async () => {
      const { signal } = new AbortController();
      const add = vi.spyOn(signal, 'addEventListener');
      const remove = vi.spyOn(signal, 'removeEventListener');
      const grants = await Promise.all(
        [1, 2, 3].map(async () => {
          const grant = await locks.acquire('r', 'a', { ...terms, signal });
          locks.release(grant);
          return grant.token;
        }),
      );
      expect(grants).toEqual([1, 2, 3]);
      expect(add).toHaveBeenCalledTimes(1);
      expect(remove).toHaveBeenCalledTimes(1);
    });
  });

  it('does not overflow the stack with 100,000 waiters that are gone or late', async () => {
    const clock = freezeClock();
    const first = await locks.acquire('r', 'a', { waitMs: 0, leaseMs: 1_000_000 });
    const leaving = new AbortController();
    let rejected = 0;
    const count = (): void => void (rejected += 1);
    for (let i = 0; i < 50_000; i += 1) {
      locks.acquire('r', 'cancelled', { ...terms, signal: leaving.signal }).catch(count);
      locks.acquire('r', 'late', terms).catch(count);
    }
    const last = locks.acquire('r', 'last', { ...terms, waitMs: 10_000 });
    leaving.abort();
    clock.now += 100;
    locks.release(first);
    await expect(last).resolves.toMatchObject({ agentId: 'last' });
    expect(rejected).toBe(100_000);
  });

  it('forgets a resource that nobody uses, and what was cancelled on it', async () => {
    for (let i = 0; i < 1_000; i += 1) locks.release(await locks.acquire(`r${i}`, 'a', terms));
    expect(locks.inspect('r1')).toEqual({ holder: undefined, waiting: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  describe('close', () => {
    it('rejects the waiters, refuses everything, and leaves no timer', async () => {
      const grant = await locks.acquire('r', 'a', terms);
      const waiters = [1, 2].map(() => follow(locks.acquire('r', 'b', terms)));
      locks.close();
      locks.close();
      await drain();
      expect(waiters.map(({ error }) => (error as LockError).code)).toEqual(['closed', 'closed']);
      await expect(locks.acquire('r', 'a', terms)).rejects.toMatchObject({ code: 'closed' });
      expect(locks.release(grant)).toMatchObject({ status: 'refused', error: { code: 'closed' } });
      expect(() => locks.renew(grant)).toThrow(expect.objectContaining({ code: 'closed' }));
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  describe('events', () => {
    it('tell what happened, in order', async () => {
      const log: string[] = [];
      for (const name of ['granted', 'renewed', 'released', 'expired'] as const) {
        locks.on(name, (grant: Grant) => log.push(`${name} ${grant.agentId}`));
      }
      locks.on('abandoned', (request: Abandoned) => log.push(`${request.reason} ${request.agentId}`));
      const a = await locks.acquire('r', 'a', terms);
      locks.acquire('r', 'b', { ...terms, waitMs: 10 }).catch(() => undefined);
      const c = locks.acquire('r', 'c', { ...terms, waitMs: 5_000 });
      const d = locks.acquire('r', 'd', { ...terms, waitMs: 5_000 });
      locks.renew(a);
      vi.advanceTimersByTime(1_000);
      locks.release(await c);
      await d;
      expect(log).toEqual([
        'granted a',
        'renewed a',
        'timed-out b',
        'expired a',
        'granted c',
        'released c',
        'granted d',
      ]);
    });

    it('come when the state is final: a listener that acquires on release does not overtake', async () => {
      const first = await locks.acquire('r', 'a', terms);
      const waiter = follow(locks.acquire('r', 'b', terms));
      let newcomer = follow(Promise.resolve<unknown>(undefined));
      locks.once('released', () => {
        newcomer = follow(locks.acquire('r', 'c', terms));
      });
      locks.release(first);
      await drain();
      expect([waiter.status, newcomer.status]).toEqual(['fulfilled', 'pending']);
    });

    it('a listener that throws does not cost the caller its grant', async () => {
      const thrown: unknown[] = [];
      const before = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.on('uncaughtException', (error) => thrown.push(error));
      try {
        const bug = new Error('bug in a listener');
        locks.on('granted', () => {
          throw bug;
        });
        const grant = await locks.acquire('r', 'a', terms);
        await drain();
        expect(locks.isHeld(grant)).toBe(true);
        expect(thrown).toEqual([bug]);
      } finally {
        process.removeAllListeners('uncaughtException');
        for (const listener of before) process.on('uncaughtException', listener);
      }
    });
  });

  it.each([
    ['', 'a', terms],
    ['r', '', terms],
    ['r', 'a', { ...terms, waitMs: -1 }],
    ['r', 'a', { ...terms, waitMs: NaN }],
    ['r', 'a', { ...terms, leaseMs: 0 }],
    ['r', 'a', { ...terms, leaseMs: Infinity }],
    ['r', 'a', { ...terms, requestId: '#1' }],
  ])('refuses acquire(%j, %j, %j)', async (resourceId, agentId, options) => {
    await expect(locks.acquire(resourceId, agentId, options)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('goes on counting tokens where a predecessor stopped', async () => {
    const heir = new LockManager({ firstToken: 42 });
    await expect(heir.acquire('r', 'a', terms)).resolves.toMatchObject({ token: 42 });
    heir.close();
  });
});
