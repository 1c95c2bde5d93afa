import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Network } from '../../../src/devices/network/network.ts';
import type { HostOptions, NetworkHost } from '../../../src/devices/network/host.ts';
import {
  ConnectionError,
  ConnectionPool,
  type ConnectionPoolOptions,
  type PooledConnection,
} from '../../../src/systems/index.ts';
import type { World } from '../../../src/kernel/world.ts';
import { resultOf, simulate } from '../../in-world.ts';

type Options = Partial<ConnectionPoolOptions<PooledConnection>>;

interface Setting {
  readonly host: NetworkHost;
  readonly pool: ConnectionPool<PooledConnection>;
}

function setting(world: World, host: HostOptions = {}, options: Options = {}): Setting {
  const cluster = new Network(world, () => undefined, { latency: 1 }).host('cluster', host);
  const connect: ConnectionPoolOptions<PooledConnection>['connect'] = (signal) => cluster.connect(signal);
  return {
    host: cluster,
    pool: new ConnectionPool({ name: 'a', connect, checkEveryMs: Infinity, ...options }),
  };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Opens so many connections and leaves them idle. */
async function open(pool: ConnectionPool<PooledConnection>, count: number): Promise<void> {
  const leases = await Promise.all(Array.from({ length: count }, () => pool.acquire()));
  await Promise.all(leases.map((lease) => lease.release()));
}

const codeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return 'fine';
  } catch (error) {
    return error instanceof ConnectionError ? error.code : error;
  }
};

describe('handing out', () => {
  it('reuses what is idle, opens up to the limit, and lets the rest wait in order', async () => {
    const seen = await resultOf(async (world) => {
      const { pool, host } = setting(world, {}, { maxConnections: 2 });
      const order: string[] = [];
      const use = async (name: string, ms: number): Promise<void> => {
        const lease = await pool.acquire();
        order.push(`${name}: ${lease.name}`);
        await sleep(ms);
        await lease.release();
      };
      await Promise.all([use('c1', 30), use('c2', 10), use('c3', 1), use('c4', 1)]);
      await use('c5', 1);
      return { order, opened: host.opened, snapshot: pool.snapshot() };
    });
    expect(seen).toEqual({
      order: ['c1: a#1', 'c2: a#2', 'c3: a#2', 'c4: a#2', 'c5: a#1'],
      opened: 2,
      snapshot: { idle: 2, leased: 0, connecting: 0, waiting: 0 },
    });
  });

  it('ends a wait at its time, or when its signal aborts, and gives nothing to who has gone', async () => {
    const seen = await resultOf(async (world) => {
      const { pool } = setting(world, {}, { maxConnections: 1 });
      const lease = await pool.acquire();
      const abort = new AbortController();
      const aborted = codeOf(pool.acquire({ signal: abort.signal }));
      const timedOut = codeOf(pool.acquire({ waitMs: 10 }));
      abort.abort();
      const codes = [await aborted, await timedOut];
      await lease.release();
      return [...codes, pool.snapshot(), world.now];
    });
    expect(seen).toEqual(['aborted', 'acquire-timeout', { idle: 1, leased: 0, connecting: 0, waiting: 0 }, 12]);
  });

  it('does not lose a connection that is given in the moment in which its waiter gives up', async () => {
    const seen = await resultOf(async (world) => {
      const { pool } = setting(world, {}, { maxConnections: 1 });
      const lease = await pool.acquire();
      const abort = new AbortController();
      const waiting = codeOf(pool.acquire({ signal: abort.signal }));
      await sleep(1);
      // Both in one turn: the release hands over, the abort lets go.
      const released = lease.release();
      abort.abort();
      await released;
      return [await waiting, await codeOf(pool.acquire({ waitMs: 10 })), pool.snapshot().leased];
    });
    expect(seen).toEqual(['aborted', 'fine', 1]);
  });

  it('passes the place of a connection that could not be opened to the next', async () => {
    const seen = await resultOf(async (world) => {
      const { pool, host } = setting(world, {}, { maxConnections: 1, connectTimeoutMs: 20 });
      host.reachability = 'refuses';
      const refused = pool.acquire().catch((error: unknown) => error as ConnectionError);
      const silent = codeOf(pool.acquire());
      await sleep(1);
      host.reachability = 'silent';
      const first = (await refused) as ConnectionError;
      const second = await silent;
      host.reachability = 'up';
      const third = await pool.acquire();
      return [first.code, first.connection, (first.cause as { code: string }).code, second, third.name];
    });
    expect(seen).toEqual(['connect-failed', 'a#1', 'ECONNREFUSED', 'connect-timeout', 'a#3']);
  });

  it('closes a connection that was opened too late', async () => {
    const seen = await resultOf(async (world) => {
      const closed: string[] = [];
      const connect = async (): Promise<PooledConnection> => {
        await sleep(50);
        return { run: () => Promise.resolve(), close: () => closed.push('closed') };
      };
      const { pool } = setting(world, {}, { connect, connectTimeoutMs: 10 });
      const code = await codeOf(pool.acquire());
      await sleep(100);
      return [code, closed, pool.snapshot().leased];
    });
    expect(seen).toEqual(['connect-timeout', ['closed'], 0]);
  });

  it('uses a connection again after use, not after an error, and gives it back once', async () => {
    const seen = await resultOf(async (world) => {
      const { pool, host } = setting(world);
      const answer = await pool.use((connection) => connection.run('uptime', { signal: new AbortController().signal }));
      const error = new RangeError('no');
      const failed = await codeOf(pool.use(() => Promise.reject(error)));
      const lease = await pool.acquire();
      await Promise.all([lease.release(), lease.release(), lease.discard()]);
      return [answer, failed === error, host.opened, host.connections.length, pool.snapshot().idle];
    });
    expect(seen).toEqual(['uptime', true, 2, 1, 1]);
  });
});

describe('health checks', () => {
  it('name the dead, close them, and keep the rest', async () => {
    const behaviour = (index: number): 'hangs' | 'resets' | 'answers' =>
      index === 1 ? 'hangs' : index === 2 ? 'resets' : 'answers';
    const seen = await resultOf(async (world) => {
      const { pool, host } = setting(world, { behaviour });
      await open(pool, 3);
      const began = world.now;
      const { healthy, removed, stale } = await pool.checkNow();
      return {
        healthy,
        stale,
        removed: removed.map(({ connection, error }) => [connection, error.connection, error.code]),
        message: removed[1]!.error.message,
        took: world.now - began,
        left: host.connections.map(({ name }) => name),
      };
    });
    expect(seen).toEqual({
      healthy: ['a#3'],
      stale: [],
      removed: [
        ['a#1', 'a#1', 'probe-timeout'],
        ['a#2', 'a#2', 'probe-failed'],
      ],
      message: expect.stringContaining('a#2 to answer its health check; received NetworkError: cluster#2') as string,
      took: 5000,
      left: ['cluster#3'],
    });
  });

  it('remove nothing that was handed out meanwhile, nor given back since', async () => {
    const seen = await resultOf(async (world) => {
      const { pool } = setting(world, { behaviour: () => 'hangs' });
      await open(pool, 2);
      const sweep = pool.checkNow();
      await sleep(10);
      const first = await pool.acquire();
      await pool.acquire();
      await first.release();
      const { removed, stale } = await sweep;
      return [removed.length, stale.map(({ connection }) => connection), pool.snapshot()];
    });
    expect(seen).toEqual([0, ['a#1', 'a#2'], { idle: 1, leased: 1, connecting: 0, waiting: 0 }]);
  });

  it('end, also where a probe cannot be cancelled, and come again after their period', async () => {
    const seen = await resultOf(async (world) => {
      const deaf = (): Promise<never> => new Promise(() => undefined);
      const { pool } = setting(world, {}, { probe: deaf, probeTimeoutMs: 10, checkEveryMs: 100 });
      const sweeps: number[] = [];
      pool.on('swept', ({ removed }) => sweeps.push(world.now, removed.length));
      await open(pool, 2);
      await sleep(250);
      await pool.close();
      return sweeps;
    });
    // Armed at 0, the first of them begins at 100 and takes 10; the next begins 100 after that.
    expect(seen).toEqual([110, 2, 210, 0]);
  });

  it('make room for those who wait', async () => {
    const seen = await resultOf(async (world) => {
      const { pool } = setting(
        world,
        { behaviour: (index) => (index === 1 ? 'hangs' : 'answers') },
        { maxConnections: 1 },
      );
      await open(pool, 1);
      const sweep = pool.checkNow();
      const first = await pool.acquire();
      const waiting = pool.acquire();
      await sweep;
      await first.discard();
      return (await waiting).name;
    });
    expect(seen).toBe('a#2');
  });
});

describe('close', () => {
  it('closes what is idle, refuses who waits, and lets who holds one finish', async () => {
    const played = await simulate(async (world) => {
      const { pool, host } = setting(world, {}, { maxConnections: 2, checkEveryMs: 10 });
      const lease = await pool.acquire();
      await open(pool, 1);
      const other = await pool.acquire();
      const waiting = codeOf(pool.acquire());
      await other.release();
      const late = await waiting;
      const closing = [pool.close(), pool.close()];
      await Promise.all(closing);
      const held = await lease.connection.run('still here', { signal: new AbortController().signal });
      await lease.release();
      const after = [await codeOf(pool.acquire()), await codeOf(pool.checkNow())];
      return { late, held, after, open: host.connections.length, timers: [...world.armedTimers()].length };
    });
    expect(played.result).toMatchObject({ late: 'fine', held: 'still here', after: ['closed', 'closed'], timers: 0 });
  });

  it('does not wait for a probe, a connection that is being opened, or one that does not close', async () => {
    const seen = await resultOf(async (world) => {
      const stuck: PooledConnection = {
        run: () => new Promise(() => undefined),
        close: () => new Promise(() => undefined),
      };
      let connections = 0;
      const connect = (): Promise<PooledConnection> => {
        connections += 1;
        return connections === 1 ? Promise.resolve(stuck) : new Promise(() => undefined);
      };
      const { pool } = setting(world, {}, { connect, closeTimeoutMs: 20 });
      const failures: unknown[] = [];
      pool.on('close-failed', ({ connection, error }) => failures.push(connection, (error as ConnectionError).code));
      await open(pool, 1);
      const sweep = codeOf(pool.checkNow());
      await sleep(1);
      const lease = await pool.acquire();
      const connecting = codeOf(pool.acquire());
      await lease.release();
      await sleep(1);
      await pool.close();
      return { at: world.now, sweep: await sweep, connecting: await connecting, failures };
    });
    expect(seen).toEqual({ at: 22, sweep: 'closed', connecting: 'closed', failures: ['a#1', 'close-timeout'] });
  });
});

describe('options', () => {
  it.each([
    [{ maxConnections: 0 }],
    [{ maxConnections: 1.5 }],
    [{ probeTimeoutMs: 0 }],
    [{ probeTimeoutMs: NaN }],
    [{ connectTimeoutMs: 2 ** 31 }],
    [{ checkEveryMs: -1 }],
    [{ name: '' }],
    [{ connect: 'host' }],
  ])('%j are refused', (options) => {
    const made = (): unknown =>
      new ConnectionPool({ connect: () => Promise.reject(new Error()), ...(options as Options) });
    expect(made).toThrow(expect.objectContaining({ name: 'ConnectionError', code: 'invalid-argument' }) as Error);
  });
});

it('never has more connections than it may, nor loses one, whatever is done with it', async () => {
  const step = fc.record({
    at: fc.nat(40),
    holds: fc.nat(30),
    waitMs: fc.integer({ min: 1, max: 60 }),
    discards: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, maxConnections) => {
        const worst = await resultOf(async (world) => {
          const { pool, host } = setting(world, {}, { maxConnections, checkEveryMs: 7, probeTimeoutMs: 5 });
          let most = 0;
          const held = new Set<unknown>();
          const client = async ({ at, holds, waitMs, discards }: (typeof steps)[number]): Promise<void> => {
            await sleep(at);
            const lease = await pool.acquire({ waitMs }).catch(() => undefined);
            if (lease === undefined) return;
            if (held.has(lease.connection)) throw new Error('handed out twice');
            held.add(lease.connection);
            most = Math.max(most, held.size);
            await sleep(holds);
            held.delete(lease.connection);
            await (discards ? lease.discard() : lease.release());
          };
          await Promise.all(steps.map(client));
          const { idle, leased, connecting, waiting } = pool.snapshot();
          await pool.close();
          return { most, rest: leased + connecting + waiting, idle, open: host.connections.length };
        });
        expect(worst.most).toBeLessThanOrEqual(maxConnections);
        expect(worst.idle).toBeLessThanOrEqual(maxConnections);
        expect([worst.rest, worst.open]).toEqual([0, 0]);
      },
    ),
    { numRuns: 60 },
  );
});
