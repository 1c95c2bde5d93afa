/** The task servers behind the same few words: what a process starts, and what its clients call. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Process, Remote, Sim } from 'heddle';
import {
  bootstrapTasks,
  ReadyQueue,
  RecoveryManager,
  TaskManager,
  TaskRunner,
  type Task,
  type TaskRepository,
} from 'heddle/systems';
import { Connection, type ConnectionOptions, type Rows } from './database.ts';
import { repositoryOf, TaskQueue, type Task as DocumentTask } from './document-model.ts';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';
import type { Result } from './result.ts';

/** Where the effects of tasks go: keeps the keys that it has seen. */
export class Receiver {
  /** Keys in the order in which they came for the first time. */
  readonly effects: string[] = [];
  /** Every delivery. */
  readonly deliveries: string[] = [];

  apply(key: string): void {
    this.deliveries.push(key);
    if (!this.effects.includes(key)) this.effects.push(key);
  }
}

export interface Parts {
  readonly sim: Sim;
  readonly rows: Rows;
  readonly receiver: Remote<Receiver>;
  readonly connection?: ConnectionOptions;
  /** Where the database is something else than `rows`. */
  readonly open?: () => Promise<TaskRepository>;
  /** Work at the same time. */
  readonly concurrency?: number;
}

/** What clients can ask of a server that is up. */
export interface Api {
  delegate(id: string, dependsOn: readonly string[]): Promise<unknown>;
}

export interface Server {
  /** Opens the database and recovers what is there; serves if nothing forbids it. Rejects where it does not serve. */
  start(parts: Parts, serve: (api: Api) => void): Promise<unknown>;
  /** Recovery and delegations side by side, of which the start makes no use. Resolves with the way to stop. */
  apart(parts: Parts): {
    readonly api: Api;
    readonly recover: () => Promise<unknown>;
    readonly close: () => Promise<void>;
  };
}

async function work({ sim, receiver }: Parts, id: string): Promise<void> {
  sim.tell('performs', { id });
  await sim.io('work', { latency: [0, 5] });
  await receiver.apply(id);
}

export const ours: Server = {
  start: (parts, serve) =>
    bootstrapTasks({
      openRepository: parts.open ?? (() => Promise.resolve(new Connection(parts.sim, parts.rows, parts.connection))),
      perform: async ({ id }) => {
        await work(parts, id);
        return undefined;
      },
      serve: (manager) => {
        serve(apiOf(manager));
        return { close: () => undefined };
      },
      concurrency: parts.concurrency ?? 2,
      retryMs: 20,
    }),
  apart: (parts) => {
    const repository = new Connection(parts.sim, parts.rows, parts.connection);
    const manager = new TaskManager({ repository, queue: new ReadyQueue() });
    const perform = async ({ id }: Task): Promise<undefined> => {
      await work(parts, id);
    };
    const runner = new TaskRunner({ manager, perform, concurrency: parts.concurrency ?? 2 });
    runner.start();
    return {
      api: apiOf(manager),
      recover: () => new RecoveryManager({ repository, manager }).recover(),
      close: async () => {
        await runner.close();
        await manager.close();
      },
    };
  },
};

/** A mutant of ours, made to show that the scenario sees it: serves at once, and recovers when there is time. */
export const servesFirst: Pick<Server, 'start'> = {
  start: async (parts, serve) => {
    const { api, recover } = ours.apart(parts);
    serve(api);
    await sleep(5_000);
    await recover();
  },
};

function apiOf(manager: TaskManager): Api {
  return { delegate: (id, dependsOn) => manager.delegate({ id, payload: 'work', dependsOn }) };
}

export const asFound: Server = {
  start: (parts, serve) => {
    const { recovery, api } = foundParts(parts);
    return found.bootstrap(recovery, () => {
      serve(api);
    });
  },
  apart: (parts) => {
    const { recovery, api } = foundParts(parts);
    return { api, recover: () => recovery.recover(), close: () => Promise.resolve() };
  },
};

function foundParts(parts: Parts): { recovery: found.RecoveryManager; api: Api } {
  const queue = new TaskQueue();
  const repository = repositoryOf(new Connection(parts.sim, parts.rows, parts.connection));
  const manager = new found.TaskManager(queue, repository, ({ id }) => work(parts, id));
  return { recovery: new found.RecoveryManager(repository, queue, manager), api: specimenApi(manager) };
}

function specimenApi(manager: { delegate(task: DocumentTask): Promise<Result<DocumentTask>> }): Api {
  return {
    delegate: async (id) => {
      const result = await manager.delegate({ id, prompt: 'work', status: 'queued', progress: '' });
      if (!result.ok) throw new Error(result.error.message);
      return result.value;
    },
  };
}

/** The document has no recovery after its fix, and no start: only what goes on beside them. */
export const asDocumented: Pick<Server, 'apart'> = {
  apart: (parts) => {
    const repository = repositoryOf(new Connection(parts.sim, parts.rows, parts.connection));
    const manager = new documented.TaskManager(new TaskQueue(), repository, ({ id }) => work(parts, id));
    return { api: specimenApi(manager), recover: () => Promise.resolve(), close: () => Promise.resolve() };
  },
};

/** The process that a server lives in, and what its clients can reach of it while it is up. */
export function serverProcess(
  {
    sim,
    server,
    parts,
  }: { readonly sim: Sim; readonly server: Server; readonly parts: Omit<Parts, 'sim' | 'connection'> },
  process: Process,
): Remote<Api> {
  // A request can come before the main script of a process that was started again: nobody serves then.
  let up: { readonly api: Api; readonly in: unknown } | undefined;
  process.start(async () => {
    sim.tell('boots', {});
    const serve = (served: Api): void => {
      up = { api: served, in: process.current };
    };
    try {
      await server.start({ ...parts, sim, connection: { in: process } }, serve);
    } catch (error) {
      // Whoever watches over the process starts it again.
      sim.tell('start failed', { error });
      process.crash();
    }
  });
  const api: Api = {
    delegate: (id, dependsOn) => {
      if (up?.in !== process.current) throw new Error('not serving');
      return up.api.delegate(id, dependsOn);
    },
  };
  return sim.device('server', api, { latency: [0, 3], in: process });
}
