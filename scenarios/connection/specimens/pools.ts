/** The three connection managers behind the same few words, so that one body can drive each of them. */
import type { HostOptions, NetworkHost, Sim } from 'heddle';
import { ConnectionPool, type ConnectionLease } from 'heddle/systems';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';
import { MeasuredLock } from './measured-lock.ts';

/** A connection in a client's hands. */
export interface Held {
  readonly name: string;
  run(command: string): Promise<unknown>;
  giveBack(): Promise<void>;
}

export interface Pool {
  readonly host: NetworkHost;
  readonly lock: MeasuredLock;
  /** Opens so many connections and leaves them idle. */
  open(count: number): Promise<void>;
  /** Takes a connection; undefined when there is none. */
  take(): Promise<Held | undefined>;
  /** One sweep of health checks. Returns the names of those that it reports as dead, if it reports any. */
  sweep(): Promise<readonly string[]>;
  /** Closes every connection and opens as many anew. */
  replace(): Promise<void>;
}

export interface PoolOptions extends HostOptions {
  /** Connections whose commands cannot be cancelled, counted from 1. */
  readonly deaf?: (index: number) => boolean;
}

const CLUSTER = 'cluster';

/** Opens a connection to the host; tells when it is closed from this end. */
function connector(sim: Sim, host: NetworkHost, { deaf = () => false }: PoolOptions): () => Promise<found.Connection> {
  return async () => {
    const connection = await host.connect();
    const hears = !deaf(host.opened);
    return {
      name: connection.name,
      run: (command, { signal }) => connection.run(command, hears ? { signal } : {}),
      close: () => {
        sim.tell('closed', { connection: connection.name });
        connection.close();
      },
    };
  };
}

const never = new AbortController().signal;

export const ours =
  (options: PoolOptions = {}) =>
  (sim: Sim): Pool => {
    const host = sim.network({ latency: 1 }).host(CLUSTER, options);
    const lock = new MeasuredLock(() => sim.now);
    const connect = connector(sim, host, options);
    const pool = new ConnectionPool({ name: CLUSTER, connect, lock, checkEveryMs: Infinity });
    const held = (lease: ConnectionLease<found.Connection>): Held => ({
      name: lease.connection.name,
      run: (command) => lease.connection.run(command, { check: true, signal: never }),
      giveBack: () => lease.release(),
    });
    const open = async (count: number): Promise<void> => {
      const leases = await Promise.all(Array.from({ length: count }, () => pool.acquire()));
      await Promise.all(leases.map((lease) => lease.release()));
    };
    return {
      host,
      lock,
      open,
      take: async () => held(await pool.acquire()),
      sweep: async () => (await pool.checkNow()).removed.map(({ error }) => error.connection ?? 'nobody'),
      replace: async () => {
        const { idle } = pool.snapshot();
        const leases = await Promise.all(Array.from({ length: idle }, () => pool.acquire()));
        await Promise.all(leases.map((lease) => lease.discard()));
        await open(idle);
      },
    };
  };

type Specimen = new (options: found.ConnectionManagerOptions) => found.ConnectionManagerBase;

const specimen =
  (Manager: Specimen) =>
  (options: PoolOptions = {}) =>
  (sim: Sim): Pool => {
    const host = sim.network({ latency: 1 }).host(CLUSTER, options);
    const lock = new MeasuredLock(() => sim.now);
    const manager = new Manager({
      lock,
      connect: connector(sim, host, options),
      // One sweep: the loop ends when it looks again.
      sleep: () => Promise.resolve(),
    });
    const open = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) await manager.connect(CLUSTER);
    };
    return {
      host,
      lock,
      open,
      take: async () => {
        const connection = await manager.getConnection(CLUSTER);
        if (connection === undefined) return undefined;
        return {
          name: connection.name,
          run: (command) => connection.run(command, { check: true, signal: never }),
          giveBack: () => manager.returnConnection(CLUSTER, connection),
        };
      },
      sweep: async () => {
        manager._running = true;
        const loop = manager._healthCheckLoop();
        manager._running = false;
        await loop;
        return [];
      },
      replace: async () => {
        const { length } = manager._connectionPools.get(CLUSTER)?.connections ?? [];
        await manager.disconnect(CLUSTER);
        await open(length);
      },
    };
  };

export const asFound = specimen(found.ConnectionManager);
export const asDocumented = specimen(documented.ConnectionManager);
export const raising = specimen(documented.RaisingConnectionManager);
export const unbounded = specimen(documented.UnboundedConnectionManager);
