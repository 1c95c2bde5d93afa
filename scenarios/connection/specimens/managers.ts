/** The three connection managers of seed 002 behind the same few words, so that one body can drive each of them. */
import type { Sim } from 'heddle';
import { ConnectionManager } from 'heddle/systems';
import { waitFor } from './asyncio.ts';
import { TaskSupervisor } from './elixir.ts';
import * as documented from './manager-as-documented.ts';
import * as found from './manager-as-found.ts';

export interface Manager {
  readonly supervisor: TaskSupervisor;
  /** Resolves with the answer; `/hangs` has none. */
  request(path: string, timeoutMs?: number): Promise<string>;
  stats(): Promise<unknown>;
  close(): void;
}

type Get = (path: string, signal: AbortSignal) => Promise<string>;

/** One connection a request, to a host that answers everything but `/hangs`. */
function getter(sim: Sim): Get {
  const answer = (path: string): unknown => (path === '/hangs' ? new Promise<never>(() => undefined) : `200 ${path}`);
  const host = sim.network({ latency: [1, 10] }).host('api', { answer });
  return async (path, signal) => {
    const connection = await host.connect({ signal });
    try {
      return String(await connection.run(path, { signal }));
    } finally {
      connection.close();
    }
  };
}

export const ours =
  (workers: number) =>
  (sim: Sim): Manager => {
    const get = getter(sim);
    const supervisor = new TaskSupervisor(workers);
    const manager = new ConnectionManager({
      send: (path: string, { signal }) => get(path, signal),
      workers: { tryStart: (run) => supervisor.startChild(run) === 'ok' },
    });
    return {
      supervisor,
      request: (path, timeoutMs) => manager.executeRequest(path, timeoutMs === undefined ? {} : { timeoutMs }),
      stats: () => Promise.resolve(manager.getStats()),
      close: () => {
        manager.close();
      },
    };
  };

const http =
  (get: Get): found.Http =>
  (path, { receiveTimeout }) =>
    waitFor((signal) => get(path, signal), receiveTimeout);

export const asFound =
  (workers: number) =>
  (sim: Sim): Manager => {
    const supervisor = new TaskSupervisor(workers);
    const manager = new found.ConnectionManager(supervisor, http(getter(sim)));
    return {
      supervisor,
      request: (path) => manager.executeRequest(path),
      stats: () => manager.getStats(),
      close: () => undefined,
    };
  };

export const asDocumented =
  (workers: number) =>
  (sim: Sim): Manager => {
    const supervisor = new TaskSupervisor(workers);
    const manager = new documented.ConnectionManager(supervisor, http(getter(sim)));
    return {
      supervisor,
      request: (path, timeout) => manager.executeRequest(path, timeout === undefined ? {} : { timeout }),
      stats: () => manager.getStats(),
      close: () => undefined,
    };
  };
