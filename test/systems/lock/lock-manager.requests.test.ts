import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LockManager } from '../../../src/systems/lock/index.ts';
import { drain, follow } from './settled.ts';

const terms = { waitMs: 100, leaseMs: 1_000 };

describe('a request with an id, as a network delivers it', () => {
  let locks: LockManager;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    locks = new LockManager({ rememberMs: 10_000 });
  });

  afterEach(() => {
    locks.close();
    vi.useRealTimers();
  });

  const ask = (requestId: string, agentId = 'a', resourceId = 'r'): ReturnType<LockManager['acquire']> =>
    locks.acquire(resourceId, agentId, { ...terms, requestId });

  it('repeated while held returns the same grant, renewed or not', async () => {
    const grant = await ask('q1');
    await expect(ask('q1')).resolves.toBe(grant);
    const renewed = locks.renew(grant, 5_000);
    await expect(ask('q1')).resolves.toBe(renewed);
  });

  it('repeated while waiting joins the waiter: one place in the queue, one grant', async () => {
    const first = await ask('q1');
    const copies = [ask('q2', 'b'), ask('q2', 'b')];
    expect(locks.inspect('r').waiting).toBe(1);
    locks.release(first);
    const [one, two] = await Promise.all(copies);
    expect(one).toBe(two);
  });

  it('repeated after the release is refused, not granted to somebody who has gone', async () => {
    locks.release(await ask('q1'));
    await expect(ask('q1')).rejects.toMatchObject({ code: 'request-finished' });
    expect(locks.inspect('r').holder).toBeUndefined();
  });

  it('repeated after the end of its lease says so', async () => {
    await ask('q1');
    vi.advanceTimersByTime(1_000);
    await expect(ask('q1')).rejects.toMatchObject({ code: 'lease-expired' });
  });

  it('repeated after its deadline gets the same answer again', async () => {
    await ask('q1');
    const late = follow(ask('q2', 'b'));
    await vi.advanceTimersByTimeAsync(100);
    expect(late.error).toMatchObject({ code: 'acquire-timeout' });
    await expect(ask('q2', 'b')).rejects.toMatchObject({ code: 'acquire-timeout' });
  });

  it('may be released twice', async () => {
    const grant = await ask('q1');
    expect(locks.release(grant)).toEqual({ status: 'released' });
    const next = await ask('q2');
    expect(locks.release(grant)).toEqual({ status: 'released' });
    expect(locks.isHeld(next)).toBe(true);
  });

  it('is cancelled while it waits', async () => {
    await ask('q1');
    const waiter = follow(ask('q2', 'b'));
    expect(locks.cancel('q2')).toBe('cancelled');
    await drain();
    expect(waiter.error).toMatchObject({ code: 'cancelled' });
    expect(locks.cancel('q2')).toBe('finished');
  });

  it('is cancelled after its grant, whose news was lost: the next one gets the lock', async () => {
    await ask('q1');
    const next = follow(ask('q2', 'b'));
    expect(locks.cancel('q1')).toBe('released');
    await drain();
    expect(next.value).toMatchObject({ agentId: 'b' });
  });

  it('is refused if its cancellation arrives first', async () => {
    expect(locks.cancel('q1')).toBe('unknown');
    await expect(ask('q1')).rejects.toMatchObject({ code: 'cancelled' });
    expect(locks.inspect('r').holder).toBeUndefined();
  });

  it('can not mean two things', async () => {
    await ask('q1');
    await expect(ask('q1', 'b')).rejects.toMatchObject({ code: 'request-reused' });
    await expect(ask('q1', 'a', 's')).rejects.toMatchObject({ code: 'request-reused' });
  });

  it('is forgotten after a while, so memory does not grow for ever', async () => {
    locks.release(await ask('q1'));
    vi.advanceTimersByTime(10_000);
    await expect(ask('q1')).resolves.toMatchObject({ lockId: 'q1', token: 2 });
  });
});
