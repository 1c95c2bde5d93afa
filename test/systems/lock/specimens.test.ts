import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DistributedLock as AsDocumented } from '../../../scenarios/lock/specimens/as-documented.ts';
import { DistributedLock as AsFound } from '../../../scenarios/lock/specimens/as-found.ts';
import { drain, follow } from './settled.ts';

describe.each([
  ['as-found', AsFound],
  ['as-documented', AsDocumented],
])('specimen %s', (_name, DistributedLock) => {
  let locks: AsFound | AsDocumented;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    locks = new DistributedLock();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('never has two holders when release and time-out meet on one event loop', async () => {
    for (const releaseFirst of [true, false]) {
      const first = await locks.acquire('r', 'a', 1_000);
      const waiter = follow(locks.acquire('r', 'b', 100));
      if (releaseFirst) {
        vi.setSystemTime(Date.now() + 100);
        await locks.release('r', first.lockId);
        vi.advanceTimersByTime(100);
      } else {
        vi.advanceTimersByTime(100);
        await locks.release('r', first.lockId);
      }
      await drain();
      expect(waiter.status).toBe('rejected');
      expect(locks.locks.size).toBe(0);
    }
  });

  it('hands over inside release: a newcomer in the same turn waits', async () => {
    const first = await locks.acquire('r', 'a', 1_000);
    const waiter = follow(locks.acquire('r', 'b', 1_000));
    const released = locks.release('r', first.lockId);
    const newcomer = follow(locks.acquire('r', 'c', 1_000));
    await released;
    await drain();
    expect([waiter.status, newcomer.status]).toEqual(['fulfilled', 'pending']);
  });

  it('counts the wait against the lease: two hold at once', async () => {
    const first = await locks.acquire('r', 'a', 100);
    const waiter = follow(locks.acquire('r', 'b', 100));
    vi.advanceTimersByTime(90);
    await locks.release('r', first.lockId);
    await drain();
    expect(waiter.status).toBe('fulfilled');
    vi.advanceTimersByTime(10);
    // 'b' asked for 100 ms and has worked for 10.
    await expect(locks.acquire('r', 'c', 100)).resolves.toMatchObject({ agentId: 'c' });
  });

  it('wakes nobody when a holder crashes, and lets a newcomer overtake', async () => {
    await locks.acquire('r', 'crashed', 100);
    const waiter = follow(locks.acquire('r', 'b', 1_000));
    vi.advanceTimersByTime(500);
    await drain();
    expect(waiter.status).toBe('pending');
    await expect(locks.acquire('r', 'c', 100)).resolves.toMatchObject({ agentId: 'c' });
    expect(waiter.status).toBe('pending');
  });

  it('gives the lock away when the wall clock steps forward', async () => {
    await locks.acquire('r', 'a', 10_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await expect(locks.acquire('r', 'b', 10_000)).resolves.toMatchObject({ agentId: 'b' });
  });

  it('never times out when the clock is behind at the one moment it looks, and grants hours later', async () => {
    const first = await locks.acquire('r', 'a', 10_000);
    const waiter = follow(locks.acquire('r', 'b', 100));
    vi.setSystemTime(Date.now() - 1);
    vi.advanceTimersByTime(100);
    vi.setSystemTime(Date.now() - 3_600_000);
    vi.advanceTimersByTime(3_599_000);
    await drain();
    expect(waiter.status).toBe('pending');
    await locks.release('r', first.lockId);
    expect(waiter.status).toBe('fulfilled');
  });

  it('leaves the timer of a granted waiter', async () => {
    const first = await locks.acquire('r', 'a', 30_000);
    const waiter = locks.acquire('r', 'b', 30_000);
    await locks.release('r', first.lockId);
    await locks.release('r', (await waiter).lockId);
    expect(vi.getTimerCount()).toBe(1);
  });
});

it('specimen as-documented never sees the flag of its fix: it is set and the waiter removed in one step', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const locks = new AsDocumented();
  const first = await locks.acquire('r', 'a', 10_000);
  const waiters = [1, 2, 3].map((id) => follow(locks.acquire('r', `b${id}`, 10 * id)));
  for (let t = 0; t < 50; t += 1) {
    vi.advanceTimersByTime(1);
    await drain();
    expect(locks.lockQueue.get('r')!.filter(({ cancelled }) => cancelled)).toEqual([]);
  }
  expect(waiters.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await locks.release('r', first.lockId);
  vi.useRealTimers();
});
