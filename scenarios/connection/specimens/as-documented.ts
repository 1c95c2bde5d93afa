/**
 * Seed 003, C1: the connection manager after the documented fix.
 *
 * The document prints `_health_check_loop`, but neither `_check_one` nor what is done with a result: "Process results and
 * remove unhealthy connections". Lines marked `completed` stand there; a mark alone on its line belongs to the line below.
 * `asyncio.gather(return_exceptions=True)` yields exceptions that name no connection. So `_check_one` is completed as one
 * would write it: with the time-out of 5 s of the document's table, catching what goes wrong, and returning what it has
 * looked at. The two classes below it are the same without either, to show what rests on these lines.
 */
import { ConnectionManagerBase, type Connection } from './as-found.ts';
import { gather, waitFor } from './asyncio.ts';

// completed
interface CheckResult {
  readonly clusterId: string; // completed
  readonly connection: Connection; // completed
  readonly healthy: boolean; // completed
} // completed

export class ConnectionManager extends ConnectionManagerBase {
  async _healthCheckLoop(): Promise<void> {
    while (this._running) {
      // Step 1: Gather connections (fast, under lock)
      const connectionsToCheck: [string, Connection][] = [];
      await this._lock.runExclusive(() => {
        for (const [clusterId, pool] of [...this._connectionPools]) {
          for (const conn of pool.connections) {
            connectionsToCheck.push([clusterId, conn]);
          }
        }
      });

      // Step 2: Health checks in parallel (slow, lock-free)
      if (connectionsToCheck.length > 0) {
        const results = await gather(connectionsToCheck.map(([cid, c]) => this._checkOne(cid, c)));

        // Step 3: Update state (fast, under lock)
        await this._lock.runExclusive(() => {
          for (const result of results) {
            // Process results and remove unhealthy connections
            if (result instanceof Error) continue; // completed: it does not say of which connection
            if (!result.healthy) this._remove(result.clusterId, result.connection); // completed
          }
        });
      }
      await this._sleep(); // completed
    }
  }

  // completed
  async _checkOne(clusterId: string, connection: Connection): Promise<CheckResult> {
    // completed
    try {
      await waitFor((signal) => connection.run('echo test', { check: true, signal }), 5_000); // completed
      return { clusterId, connection, healthy: true }; // completed
      // completed
    } catch {
      return { clusterId, connection, healthy: false }; // completed
    } // completed
  } // completed
}

/** `_check_one` completed so that `return_exceptions=True` has something to do: an exception goes through. */
export class RaisingConnectionManager extends ConnectionManager {
  override async _checkOne(clusterId: string, connection: Connection): Promise<CheckResult> {
    await waitFor((signal) => connection.run('echo test', { check: true, signal }), 5_000);
    return { clusterId, connection, healthy: true };
  }
}

/** `_check_one` completed without a time-out of its own: none is printed. */
export class UnboundedConnectionManager extends ConnectionManager {
  override async _checkOne(clusterId: string, connection: Connection): Promise<CheckResult> {
    try {
      await connection.run('echo test', { check: true, signal: new AbortController().signal });
      return { clusterId, connection, healthy: true };
    } catch {
      return { clusterId, connection, healthy: false };
    }
  }
}
