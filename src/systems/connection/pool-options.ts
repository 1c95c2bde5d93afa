import { Mutex } from '../lock/mutex.ts';
import { requireBound, requireCount, requireFunction, requireName } from './option-check.ts';

/** What a pool needs of a connection. */
export interface PooledConnection {
  /** Runs a command at the other end. Should give up when `signal` aborts; the pool does not rely on it. */
  run(command: string, options: { readonly signal: AbortSignal }): Promise<unknown>;
  /** Gives the connection up. */
  close(): unknown;
}

/** Mutual exclusion, as {@link Mutex} gives it. */
export interface ExclusiveLock {
  runExclusive<T>(task: () => T | PromiseLike<T>): Promise<T>;
}

export interface ConnectionPoolOptions<C extends PooledConnection> {
  /** Opens a connection. Should give up when `signal` aborts; one that comes too late is closed. */
  readonly connect: (options: { readonly signal: AbortSignal }) => Promise<C>;
  /** What connections are called in errors and events: `name#1`, `name#2`. Default `connection`. */
  readonly name?: string;
  /** Connections at the same time, those being opened included. Default 10. */
  readonly maxConnections?: number;
  /** Proves that a connection is well, or throws. Default: runs `echo test`. */
  readonly probe?: (connection: C, options: { readonly signal: AbortSignal }) => Promise<unknown>;
  /** Ms from the end of one sweep of health checks to the next; Infinity for none. Default 60,000. */
  readonly checkEveryMs?: number;
  /** Ms in which a probe must answer. Default 5,000. */
  readonly probeTimeoutMs?: number;
  /** Ms in which a connection must have been opened. Default 30,000. */
  readonly connectTimeoutMs?: number;
  /** Ms for which a connection's `close()` is waited for. Default 5,000. */
  readonly closeTimeoutMs?: number;
  /** Guards the pool's books. Give one that is shared or measured; by default the pool has its own. */
  readonly lock?: ExclusiveLock;
}

/** Options after validation, defaults filled in. */
export type PoolSettings<C extends PooledConnection> = Required<ConnectionPoolOptions<C>>;

/** Fills in the defaults. Throws ConnectionError 'invalid-argument' for the first option that is wrong. */
export function poolSettings<C extends PooledConnection>(options: ConnectionPoolOptions<C>): PoolSettings<C> {
  const { connect, name = 'connection', maxConnections = 10, probe = echo, lock = new Mutex() } = options;
  const { checkEveryMs = 60_000, probeTimeoutMs = 5_000, connectTimeoutMs = 30_000, closeTimeoutMs = 5_000 } = options;
  const times = { checkEveryMs, probeTimeoutMs, connectTimeoutMs, closeTimeoutMs };
  const settings = { connect, name, maxConnections, probe, lock, ...times };
  requireFunction('connect', settings.connect);
  requireName('name', settings.name);
  requireCount('maxConnections', settings.maxConnections, 1);
  requireFunction('probe', settings.probe);
  requireFunction('runExclusive of the lock', (lock as Partial<ExclusiveLock> | null)?.runExclusive);
  for (const each of ['checkEveryMs', 'probeTimeoutMs', 'connectTimeoutMs', 'closeTimeoutMs'] as const) {
    requireBound(each, settings[each]);
  }
  return settings;
}

function echo(connection: PooledConnection, { signal }: { readonly signal: AbortSignal }): Promise<unknown> {
  return connection.run('echo test', { signal });
}
