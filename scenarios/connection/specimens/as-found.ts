/**
 * Seed 003, C1: the connection manager as the document found it.
 *
 * The document prints `_health_check_loop` as far as the command that it sends. Lines without a mark are its own; lines
 * marked `completed` stand where it prints nothing. A mark alone on its line belongs to the line below it.
 * The document's words that bind them: "10 connections × 5s timeout = 50s lock contention", so a check that gets no
 * answer ends after 5 s; "all operations blocked", so whoever takes a connection needs the lock.
 */
import { waitFor } from './asyncio.ts';

export interface Connection {
  readonly name: string;
  run(command: string, options: { readonly check: boolean; readonly signal: AbortSignal }): Promise<unknown>;
  close(): void;
}

export interface ConnectionPool {
  readonly connections: Connection[];
  readonly inUse: Set<Connection>; // completed
}

export interface ConnectionManagerOptions {
  readonly lock: { runExclusive<T>(task: () => T | PromiseLike<T>): Promise<T> };
  readonly connect: (clusterId: string) => Promise<Connection>;
  readonly sleep: () => Promise<void>;
}

/** What the document prints neither before nor after its fix: every line is completed. */
export abstract class ConnectionManagerBase {
  _running = false;
  readonly _connectionPools = new Map<string, ConnectionPool>();
  readonly _lock: ConnectionManagerOptions['lock'];
  readonly _sleep: () => Promise<void>;
  readonly _connect: ConnectionManagerOptions['connect'];

  constructor({ lock, connect, sleep }: ConnectionManagerOptions) {
    this._lock = lock;
    this._connect = connect;
    this._sleep = sleep;
  }

  abstract _healthCheckLoop(): Promise<void>;

  async connect(clusterId: string): Promise<void> {
    const connection = await this._connect(clusterId);
    await this._lock.runExclusive(() => {
      const pool = this._connectionPools.get(clusterId);
      if (pool === undefined) this._connectionPools.set(clusterId, { connections: [connection], inUse: new Set() });
      else pool.connections.push(connection);
    });
  }

  async disconnect(clusterId: string): Promise<void> {
    await this._lock.runExclusive(() => {
      const pool = this._connectionPools.get(clusterId);
      this._connectionPools.delete(clusterId);
      for (const connection of pool?.connections ?? []) connection.close();
    });
  }

  getConnection(clusterId: string): Promise<Connection | undefined> {
    return this._lock.runExclusive(() => {
      const pool = this._connectionPools.get(clusterId);
      const connection = pool?.connections.find((each) => !pool.inUse.has(each));
      if (connection !== undefined) pool?.inUse.add(connection);
      return connection;
    });
  }

  async returnConnection(clusterId: string, connection: Connection): Promise<void> {
    await this._lock.runExclusive(() => this._connectionPools.get(clusterId)?.inUse.delete(connection));
  }

  _remove(clusterId: string, connection: Connection): void {
    const pool = this._connectionPools.get(clusterId);
    const index = pool?.connections.indexOf(connection) ?? -1;
    if (index === -1) return;
    pool?.connections.splice(index, 1);
    pool?.inUse.delete(connection);
    connection.close();
  }
}

export class ConnectionManager extends ConnectionManagerBase {
  async _healthCheckLoop(): Promise<void> {
    while (this._running) {
      await this._lock.runExclusive(async () => {
        for (const [clusterId, pool] of [...this._connectionPools]) {
          // completed: a copy, for the loop removes from the list
          for (const connection of [...pool.connections]) {
            try {
              // completed: the time-out of 5 s, by the document's words
              await waitFor((signal) => connection.run('echo test', { check: true, signal }), 5_000);
              // completed
            } catch {
              this._remove(clusterId, connection); // completed
            } // completed
          }
        }
      });
      await this._sleep(); // completed
    }
  }
}
