import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { LockError, LockManager, type Grant } from '../../../src/systems/lock/index.ts';
import { freezeClock } from './frozen-clock.ts';
import { drain, follow, type Settled } from './settled.ts';

/** The sequential specification: what a lock manager is, written as plainly as possible. */
class Model {
  readonly holders = new Map<string, { id: number; until: number }>();
  readonly queues = new Map<string, { id: number; until: number; leaseMs: number }[]>();
  readonly outcome: string[] = [];

  settle(now: number): void {
    for (const [resource, queue] of this.queues) {
      for (const waiter of queue) if (waiter.until <= now) this.outcome[waiter.id] = 'acquire-timeout';
      this.queues.set(
        resource,
        queue.filter(({ until }) => until > now),
      );
      if ((this.holders.get(resource)?.until ?? Infinity) <= now) this.free(resource, now);
    }
  }

  acquire(resource: string, id: number, waitMs: number, leaseMs: number, now: number): void {
    if (!this.queues.has(resource)) this.queues.set(resource, []);
    this.settle(now);
    this.outcome[id] = 'pending';
    if (this.holders.has(resource) && waitMs === 0) this.outcome[id] = 'acquire-timeout';
    else this.queues.get(resource)!.push({ id, until: now + waitMs, leaseMs });
    if (!this.holders.has(resource)) this.grantNext(resource, now);
  }

  holds(resource: string, id: number): boolean {
    return this.holders.get(resource)?.id === id;
  }

  free(resource: string, now: number): void {
    this.holders.delete(resource);
    this.grantNext(resource, now);
  }

  abort(resource: string, id: number, now: number): void {
    const queue = this.queues.get(resource) ?? [];
    if (queue.some((waiter) => waiter.id === id)) this.outcome[id] = 'aborted';
    this.queues.set(
      resource,
      queue.filter((waiter) => waiter.id !== id),
    );
    this.settle(now);
  }

  private grantNext(resource: string, now: number): void {
    const next = this.queues.get(resource)!.shift();
    if (next === undefined) return;
    this.holders.set(resource, { id: next.id, until: now + next.leaseMs });
    this.outcome[next.id] = 'granted';
  }
}

const resource = fc.constantFrom('r', 's');
const ms = fc.integer({ min: 1, max: 40 });
const which = fc.nat(12);
const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('acquire' as const),
      resource,
      waitMs: fc.oneof(fc.nat(40), fc.constant(Infinity)),
      leaseMs: ms,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('release' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('renew' as const), which, leaseMs: ms }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('abort' as const), which }) },
  // The clock moves alone, and timers fire alone: they may be early or late by any amount.
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('timers' as const) }) },
);

interface Asked {
  readonly resource: string;
  readonly leaving: AbortController;
  readonly answer: Settled<Grant>;
}

function outcomeOf({ answer }: Asked): string {
  if (answer.status === 'pending') return 'pending';
  return answer.status === 'fulfilled' ? 'granted' : (answer.error as LockError).code;
}

it('does what the sequential model does, however timers and clock disagree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const clock = freezeClock();
      const locks = new LockManager();
      const model = new Model();
      const asked: Asked[] = [];
      try {
        for (const op of operations) {
          const { now } = clock;
          const target = 'which' in op && asked.length > 0 ? op.which % asked.length : -1;
          const grant = asked[target]?.answer.value;
          if (op.kind === 'advance') {
            clock.now += op.ms;
            continue;
          } else if (op.kind === 'acquire') {
            const leaving = new AbortController();
            const options = { waitMs: op.waitMs, leaseMs: op.leaseMs, signal: leaving.signal };
            const answer = follow(locks.acquire(op.resource, `agent-${asked.length}`, options));
            model.acquire(op.resource, asked.length, op.waitMs, op.leaseMs, now);
            asked.push({ resource: op.resource, leaving, answer });
          } else if (op.kind === 'timers') {
            const waiting = vi.getTimerCount() > 0;
            vi.runOnlyPendingTimers();
            if (waiting) model.settle(now);
          } else if (op.kind === 'abort') {
            asked[target]?.leaving.abort();
            if (model.outcome[target] === 'pending') model.abort(asked[target]!.resource, target, now);
          } else if (grant !== undefined) {
            model.settle(now);
            const owner = model.holds(grant.resourceId, target);
            if (op.kind === 'release') {
              expect(locks.release(grant).status).toBe(owner ? 'released' : 'refused');
              if (owner) model.free(grant.resourceId, now);
            } else if (owner) {
              const held = model.holders.get(grant.resourceId)!;
              held.until = Math.max(held.until, now + op.leaseMs);
              expect(locks.renew(grant, op.leaseMs).expiresAt).toBe(held.until);
            } else {
              expect(() => locks.renew(grant, op.leaseMs)).toThrow(LockError);
            }
          }
          await drain();

          expect(asked.map(outcomeOf)).toEqual(model.outcome);
          for (const name of ['r', 's']) {
            const { holder, waiting } = locks.inspect(name);
            const held = model.holders.get(name);
            // A lease that nobody waits for is ended by the next call, so the book may still show it.
            if (held !== undefined) expect(holder?.lockId).toBe(asked[held.id]!.answer.value?.lockId);
            if (holder !== undefined && locks.isHeld(holder)) expect(held?.until).toBe(holder.expiresAt);
            expect(waiting).toBe(model.queues.get(name)?.length ?? 0);
            if (waiting > 0) expect(holder).toBeDefined();
          }
          const waiters = [...model.queues.values()].reduce((sum, queue) => sum + queue.length, 0);
          expect(vi.getTimerCount()).toBe(waiters > 0 ? 1 : 0);
        }

        const tokens = asked.flatMap(({ answer }) => answer.value?.token ?? []);
        expect(new Set(tokens).size).toBe(tokens.length);
      } finally {
        locks.close();
        expect(vi.getTimerCount()).toBe(0);
        vi.restoreAllMocks();
        vi.useRealTimers();
      }
    }),
    { numRuns: 2_000 },
  );
});

it('tokens of one resource grow in the order of its grants', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), async (releases) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
      const locks = new LockManager();
      const tokens: number[] = [];
      try {
        const all = releases.map(async (releasing) => {
          const grant = await locks.acquire('r', 'a', { waitMs: Infinity, leaseMs: 10 });
          tokens.push(grant.token);
          if (releasing) locks.release(grant);
        });
        await vi.advanceTimersByTimeAsync(10 * releases.length);
        await Promise.all(all);
        expect(tokens).toEqual(releases.map((_, i) => i + 1));
      } finally {
        locks.close();
        vi.useRealTimers();
      }
    }),
  );
});
