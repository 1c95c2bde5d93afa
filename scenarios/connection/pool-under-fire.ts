import { always, atRest, fail, fc, hold, noDoubleGrant, scenario, sometimes, type NetworkHost, type Sim } from 'heddle';
import { ConnectionPool, type ConnectionPoolOptions, type PooledConnection } from 'heddle/systems';

const MOST = 2;

interface Subject {
  readonly host: NetworkHost;
  readonly pool: ConnectionPool<PooledConnection>;
}

interface Client {
  readonly arrives: number;
  readonly waitMs: number;
  readonly gives: 'releases' | 'discards' | 'aborts';
}

type Make = (options: ConnectionPoolOptions<PooledConnection>) => ConnectionPool<PooledConnection>;

const pool =
  (make: Make) =>
  (sim: Sim): Subject => {
    const host = sim
      .network({ latency: [0, 20] })
      .host('db', { faults: ['refuse', 'hang', 'reset', 'slow'], slowMs: 100 });
    const times = { checkEveryMs: 60, probeTimeoutMs: 50, connectTimeoutMs: 30, closeTimeoutMs: 50 };
    const pool = make({ ...times, connect: (options) => host.connect(options), maxConnections: MOST });
    pool.on('swept', ({ removed, stale }) => {
      if (removed.length > 0) sim.tell('removed', removed);
      if (stale.length > 0) sim.tell('stale', stale);
    });
    return { host, pool };
  };

/** As `AbortSignal.timeout`, and leaves no timer. */
async function withTimeout<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort();
  }, ms);
  const value = await work(abort.signal);
  clearTimeout(timer);
  return value;
}

/** Takes what a sweep finds for what is: removes by name whatever failed, used since or not. */
class TrustsStaleResults extends ConnectionPool<PooledConnection> {
  constructor(options: ConnectionPoolOptions<PooledConnection>) {
    const probed = async (connection: PooledConnection, { signal }: { signal: AbortSignal }): Promise<void> => {
      try {
        await connection.run('echo test', { signal });
      } catch (error) {
        connection.close();
        throw error;
      }
    };
    super({ ...options, probe: probed });
  }
}

export default scenario<Subject, Client[]>({
  name: 'connection/pool-under-fire',
  ids: ['C1'],
  about:
    'Connections hang, are reset, refused and slow while clients take them, give them back, give up, and sweeps come and ' +
    'go: nobody shares one, nobody loses one, nobody waits for ever, and when the pool is closed none is left open.',
  subjects: {
    ours: hold(pool((options) => new ConnectionPool(options))),
    'trusts-stale-results': fail(
      'nobodysIsClosed',
      pool((options) => new TrustsStaleResults(options)),
    ),
  },
  workload: fc.array(
    fc.record({
      arrives: fc.integer({ min: 0, max: 150 }),
      waitMs: fc.constantFrom(10, 50, 200),
      gives: fc.constantFrom<Client['gives']>('releases', 'discards', 'aborts'),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  runs: 500,
  body: async ({ sim, subject: { pool }, workload }) => {
    await sim.clients(workload, async ({ arrives, waitMs, gives }) => {
      await sim.sleep(arrives);
      const got = await withTimeout(gives === 'aborts' ? 5 : 1_000, (signal) =>
        sim.attempt('acquire', {}, () => pool.acquire({ waitMs, signal })),
      );
      if (!got.ok) return;
      const { value: lease } = got;
      const resource = lease.name;
      // Recorded again with its name: what is acquired is known only now.
      await sim.op('hold', { resource }, () => true);
      await withTimeout(60, (signal) =>
        sim.attempt('job', { connection: resource }, () => lease.connection.run('job', { signal })),
      );
      await sim.op('give', { resource }, () => (gives === 'discards' ? lease.discard() : lease.release()));
    });
  },
  shutdown: ({ subject: { pool } }) => pool.close(),
  invariants: [
    noDoubleGrant({ acquire: 'hold', release: 'give' }),
    always<Subject>('atMost', ({ subject: { host, pool } }) => {
      const { idle, leased, connecting } = pool.snapshot();
      // One that is being closed may still be open at the other end.
      return (
        idle + leased + connecting <= MOST || `${idle} idle, ${leased} leased, ${connecting} on their way, ${host.name}`
      );
    }),
    always<Subject>('nobodysIsClosed', ({ history: { operations } }) => {
      const closed = operations.find(
        ({ name, outcome }) =>
          name === 'job' &&
          outcome.kind === 'threw' &&
          (outcome.error as { code?: unknown }).code === 'ERR_SOCKET_CLOSED',
      );
      return closed === undefined || `${closed.task} had its connection closed under its hands`;
    }),
    atRest<Subject>('nothingLeft', ({ subject: { host, pool } }) => {
      const { idle, leased, connecting, waiting } = pool.snapshot();
      const left = idle + leased + connecting + waiting + host.connections.length;
      return left === 0 || `${host.connections.map(({ name }) => name).join()} open, ${left} in the books`;
    }),
    sometimes('removedByCheck', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'removed')),
    sometimes('staleResult', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'stale')),
    sometimes('waited', ({ subject: { pool } }) => pool.snapshot().waiting > 0),
  ],
});
