import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  LockClient,
  lockEndpoint,
  LockManager,
  type LockLease,
  type LockTransport,
} from '../../../src/systems/lock/index.ts';
import { follow, type Settled } from './settled.ts';

/** How the network treats one message: null loses it, a number delays it (ms), two numbers duplicate it. */
type Fate = readonly (readonly number[] | null)[];

describe('LockClient', () => {
  let locks: LockManager;
  let clients: LockClient[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
    locks = new LockManager();
    clients = [];
  });

  afterEach(async () => {
    for (const client of clients) client.close();
    locks.close();
    // What the network still carries.
    await vi.advanceTimersByTimeAsync(100_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const send = (delays: readonly number[] | null, deliver: () => void): void => {
    for (const delay of delays ?? []) setTimeout(deliver, delay);
  };

  /** A link whose messages, there and back, meet the given fates in turn; then each takes 5 ms. */
  const link = (fates: Fate = []): { transport: LockTransport; sent: string[]; cut: boolean } => {
    const answer = lockEndpoint(locks);
    let message = 0;
    const fate = (): readonly number[] | null => {
      const next = message < fates.length ? fates[message]! : [5];
      message += 1;
      return state.cut ? null : next;
    };
    const state = {
      cut: false,
      sent: [] as string[],
      transport: ((method, args) => {
        state.sent.push(method);
        return new Promise((resolve) => {
          send(fate(), () => {
            void answer(method, JSON.parse(JSON.stringify(args))).then((reply) => {
              send(fate(), () => {
                resolve(JSON.parse(JSON.stringify(reply)));
              });
            });
          });
        });
      }) satisfies LockTransport,
    };
    return state;
  };

  const client = (transport: LockTransport, agentId = 'a'): LockClient => {
    const created = new LockClient({ transport, agentId, maxDriftRatio: 0.25, timerLagMs: 50, resendMs: 100 });
    clients.push(created);
    return created;
  };

  const terms = { waitMs: 1_000, leaseMs: 1_000 };

  it('acquires, renews for as long as it takes, and releases', async () => {
    const lease = follow(client(link().transport).acquire('r', terms));
    await vi.advanceTimersByTimeAsync(10);
    expect(lease.value?.token).toBe(1);
    for (let i = 0; i < 100; i += 1) {
      await vi.advanceTimersByTimeAsync(100);
      expect(lease.value!.isHeld()).toBe(true);
    }
    const outcome = follow(lease.value!.release());
    await vi.advanceTimersByTimeAsync(10);
    expect(outcome.value).toEqual({ status: 'released' });
    expect(lease.value!.signal.aborted).toBe(false);
    expect(lease.value!.isHeld()).toBe(false);
    expect(() => {
      lease.value!.assertHeld();
    }).toThrow(expect.objectContaining({ code: 'not-owner' }));
    expect(locks.inspect('r').holder).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('announces the loss before the lease has ended at the manager, less drift and timer lag', async () => {
    const network = link();
    const lease = follow(client(network.transport).acquire('r', terms));
    await vi.advanceTimersByTimeAsync(10);
    network.cut = true;
    // Asked at 0: believed in until 1,000 / 1.25 = 800, announced 50 earlier.
    await vi.advanceTimersByTimeAsync(739);
    expect(lease.value!.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(lease.value!.signal.reason).toMatchObject({ code: 'lease-expired' });
    expect(locks.isHeld(locks.inspect('r').holder!)).toBe(true);
  });

  it('counts a renewal from when it was sent, and is not put back by the late news of an earlier one', async () => {
    // Renewals go out at 260 and 510, each 250 = (800 - 50) / 3 after the last; the answers come at 565 and 520.
    const network = link([[5], [5], [5], [300], [5], [5]]);
    const lease = follow(client(network.transport).acquire('r', terms));
    await vi.advanceTimersByTimeAsync(600);
    network.cut = true;
    await vi.advanceTimersByTimeAsync(510 + 750 - 600 - 1);
    expect(lease.value!.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(lease.value!.signal.aborted).toBe(true);
  });

  it('leaves no listener on a signal that outlives its acquires', async () => {
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    const lease = follow(client(link().transport).acquire('r', { ...terms, signal }));
    await vi.advanceTimersByTimeAsync(10);
    expect(lease.status).toBe('fulfilled');
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
  });

  it('learns from a refused renewal that the manager has given the lock away', async () => {
    const lease = follow(client(link().transport).acquire('r', terms));
    await vi.advanceTimersByTimeAsync(10);
    locks.cancel(lease.value!.lockId);
    await vi.advanceTimersByTimeAsync(300);
    expect(lease.value!.signal.reason).toMatchObject({ code: 'not-owner' });
  });

  it('knows by the clock when its timers are late', async () => {
    const lease = follow(client(link().transport).acquire('r', terms));
    await vi.advanceTimersByTimeAsync(10);
    const late = performance.now() + 800;
    vi.spyOn(performance, 'now').mockImplementation(() => late);
    expect(lease.value!.isHeld()).toBe(false);
    expect(lease.value!.signal.aborted).toBe(true);
    vi.restoreAllMocks();
  });

  it('a wait that is longer than the lease does not spoil the lease', async () => {
    const holder = await locks.acquire('r', 'other', { waitMs: 0, leaseMs: 10_000 });
    const lease = follow(client(link().transport).acquire('r', { waitMs: 20_000, leaseMs: 300 }));
    await vi.advanceTimersByTimeAsync(9_000);
    locks.release(holder);
    await vi.advanceTimersByTimeAsync(20);
    expect(lease.value?.isHeld()).toBe(true);
    expect(lease.value!.remainingMs()).toBeGreaterThan(150);
    // Renewed, not queued for again.
    expect(lease.value!.token).toBe(2);
  });

  it('asks again when a message is lost, and is granted once', async () => {
    const lease = follow(client(link([null, [5], null]).transport).acquire('r', terms));
    await vi.advanceTimersByTimeAsync(300);
    expect(lease.value?.token).toBe(1);
  });

  it('that gives up leaves no lock behind, though it was granted meanwhile', async () => {
    const network = link([[5], null, [5], null]);
    const leaving = new AbortController();
    const lease = follow(client(network.transport).acquire('r', { ...terms, signal: leaving.signal }));
    await vi.advanceTimersByTimeAsync(50);
    expect(locks.inspect('r').holder).toBeDefined();
    leaving.abort();
    await vi.advanceTimersByTimeAsync(10);
    expect(lease.error).toMatchObject({ code: 'aborted' });
    expect(locks.inspect('r').holder).toBeUndefined();
  });

  it('reports the refusals of the manager as errors of its own', async () => {
    await locks.acquire('r', 'other', { waitMs: 0, leaseMs: 10_000 });
    const lease = follow(client(link().transport).acquire('r', { waitMs: 200, leaseMs: 1_000 }));
    await vi.advanceTimersByTimeAsync(300);
    expect(lease.error).toMatchObject({ name: 'LockError', code: 'acquire-timeout' });
  });

  it('reports an unreachable manager, with the last failure', async () => {
    const dead = new Error('ECONNREFUSED');
    const transport: LockTransport = () => {
      throw dead;
    };
    const lease = follow(client(transport).acquire('r', { waitMs: 200, leaseMs: 1_000 }));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(lease.error).toMatchObject({ code: 'unreachable', cause: dead });
  });

  it('reports a reply that it can not read', async () => {
    const transport: LockTransport = () => Promise.resolve('Bad Gateway');
    await expect(client(transport).acquire('r', terms)).rejects.toMatchObject({ code: 'malformed-message' });
  });

  it('close rejects what waits, announces the loss of what is held, and leaves no timer', async () => {
    const mine = client(link().transport);
    const held = follow(mine.acquire('r', terms));
    await vi.advanceTimersByTimeAsync(10);
    const waiting = follow(mine.acquire('r', terms));
    mine.close();
    await vi.advanceTimersByTimeAsync(10);
    expect(waiting.error).toMatchObject({ code: 'closed' });
    expect(held.value!.signal.reason).toMatchObject({ code: 'closed' });
    expect(locks.inspect('r')).toEqual({ holder: undefined, waiting: 0 });
    expect(vi.getTimerCount()).toBe(0);
    await expect(mine.acquire('r', terms)).rejects.toMatchObject({ code: 'closed' });
  });

  it('refuses a lease of which drift and lag leave nothing, and an endless wait', async () => {
    const mine = client(link().transport);
    await expect(mine.acquire('r', { waitMs: 0, leaseMs: 60 })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(mine.acquire('r', { waitMs: Infinity, leaseMs: 1_000 })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('believes only in what the manager still grants, whatever the network does', async () => {
    const delay = fc.integer({ min: 1, max: 900 });
    const fate = fc.oneof(
      { weight: 5, arbitrary: fc.tuple(fc.integer({ min: 1, max: 30 })) },
      { weight: 2, arbitrary: fc.tuple(delay) },
      { weight: 1, arbitrary: fc.tuple(delay, delay) },
      { weight: 2, arbitrary: fc.constant(null) },
    );
    const fates = fc.array(fate, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.array(fates, { minLength: 2, maxLength: 3 }), async (links) => {
        const leases: Settled<LockLease>[] = [];
        const agents = links.map((each, i) => {
          const { transport } = link(each);
          const created = new LockClient({
            transport,
            agentId: `agent-${i}`,
            // One clock, exact timers: no margin that could hide a mistake.
            maxDriftRatio: 0,
            timerLagMs: 0,
            resendMs: 100,
          });
          clients.push(created);
          return created;
        });
        for (const agent of agents) leases.push(follow(agent.acquire('r', { waitMs: 1_500, leaseMs: 500 })));
        for (let t = 0; t < 4_000; t += 20) {
          await vi.advanceTimersByTimeAsync(20);
          const believing = leases.flatMap(({ value }) => (value?.isHeld() === true ? [value] : []));
          expect(believing.length).toBeLessThanOrEqual(1);
          for (const { resourceId, lockId, token } of believing) {
            expect(locks.isHeld({ resourceId, lockId, token })).toBe(true);
          }
          if (t % 600 === 0) for (const lease of believing) void lease.release();
        }
        for (const agent of agents) agent.close();
        expect(leases.filter(({ status }) => status === 'pending')).toEqual([]);
        // Whatever was lost, the lock comes free by itself.
        await vi.advanceTimersByTimeAsync(5_000);
        const free = locks.acquire('r', 'next', { waitMs: 0, leaseMs: 1 });
        expect(locks.release(await free)).toEqual({ status: 'released' });
      }),
      { numRuns: 150 },
    );
  });
});
