import type { Disk, Sim } from 'heddle';
import { openSqlite } from 'heddle/sqlite';
import { JobQueue, SqlSession, sqliteDatabase, type JobQueueOptions } from 'heddle/systems';
import { QueueManager as DocumentedQueueManager } from './as-documented.ts';
import { QueueManager as FoundQueueManager } from './as-found.ts';

/** What the scenarios ask of a queue, whatever its own interface looks like. Jobs are named by numbers. */
export interface Queue {
  enqueue(id: string, options?: { readonly dependsOn?: readonly string[]; readonly priority?: number }): Promise<void>;
  /** Lets a job that waits depend on another one, too. Rejects if that would be a cycle. */
  link(id: string, dependsOn: string): Promise<void>;
  /** Whether it was cancelled before anybody can have got it. */
  cancel(id: string): Promise<boolean>;
  setPriority(id: string, priority: number): Promise<void>;
  /** The receiver's word that it has done the job. */
  report(id: string, word?: string): Promise<void>;
  status(id: string): Promise<string | undefined>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  purge(): Promise<void>;
  close(): Promise<void>;
}

export interface QueueSetup {
  /** Hands a job to its receiver. Who says how it ends there is the scenario. */
  readonly submit: (key: string) => Promise<void>;
  /** How many loops schedule jobs at once. Ours has each in a process of its own. Default 1. */
  readonly schedulers?: number;
  /** Jobs can be enqueued, but nothing is submitted before the first `resume`. */
  readonly paused?: boolean;
}

/** Makes the queue of one run. */
export type OpenQueue = (setup: QueueSetup) => Promise<Queue>;

const INTERVAL_MS = 10;

/** All in virtual ms, and short, so that a run sees time-outs, back-offs and ends of leases. */
export const TERMS: JobQueueOptions = {
  submitTimeoutMs: 200,
  leaseMs: 400,
  backoffMs: 10,
  pollMs: 50,
};

/** A connection of the current process. */
export function session(disk: Disk): SqlSession {
  return new SqlSession(sqliteDatabase(openSqlite(disk, 'jobs.db', { journal: 'wal', latency: [0, 2] })));
}

class Ours implements Queue {
  readonly #session: SqlSession;
  readonly #queue: JobQueue;
  /** Closes those in other processes. */
  readonly #closeOthers: () => Promise<void>;

  private constructor(own: SqlSession, queue: JobQueue, closeOthers: () => Promise<void>) {
    this.#session = own;
    this.#queue = queue;
    this.#closeOthers = closeOthers;
  }

  static async open(sim: Sim, { submit, schedulers = 1, paused = false }: QueueSetup): Promise<Queue> {
    const disk = sim.disk('ssd');
    const own = session(disk);
    const queue = await JobQueue.open(own, TERMS);
    if (paused) await queue.pause();
    const deliver = async ({ key }: { readonly key: string }): Promise<'submitted'> => {
      await submit(key);
      return 'submitted';
    };
    queue.start(deliver);
    const others: (() => Promise<void>)[] = [];
    for (let i = 2; i <= schedulers; i += 1) {
      const name = `worker ${i}`;
      const worker = sim.process(name);
      const open = async (): Promise<void> => {
        const itsSession = session(disk);
        const another = await JobQueue.open(itsSession, TERMS);
        another.start(deliver);
        const close = (): Promise<void> => another.close().then(() => itsSession.close());
        others.push(() => sim.client(`close ${name}`, close, { in: worker }));
      };
      await sim.client(name, open, { in: worker });
    }
    return new Ours(own, queue, async () => {
      for (const close of others) await close();
    });
  }

  async enqueue(id: string, options: { dependsOn?: readonly string[]; priority?: number } = {}): Promise<void> {
    await this.#queue.enqueue({ id, ...options });
  }

  link(id: string, dependsOn: string): Promise<void> {
    return this.#queue.addDependency(id, dependsOn);
  }

  async cancel(id: string): Promise<boolean> {
    const answer = await this.#queue.cancel(id);
    return answer.outcome === 'cancelled' && answer.reached === 'never';
  }

  async setPriority(id: string, priority: number): Promise<void> {
    await this.#queue.setPriority(id, priority);
  }

  async report(id: string): Promise<void> {
    await this.#queue.report(id, 'completed');
  }

  async status(id: string): Promise<string | undefined> {
    return (await this.#queue.job(id))?.status;
  }

  pause(): Promise<void> {
    return this.#queue.pause();
  }

  resume(): Promise<void> {
    return this.#queue.resume();
  }

  async purge(): Promise<void> {
    await this.#queue.purge();
  }

  async close(): Promise<void> {
    await this.#closeOthers();
    await this.#queue.close();
    await this.#session.close();
  }
}

class Specimen implements Queue {
  readonly #manager: FoundQueueManager | DocumentedQueueManager;
  readonly #workers: readonly Promise<void>[];

  constructor(
    Manager: typeof FoundQueueManager | typeof DocumentedQueueManager,
    { submit, schedulers = 1, paused = false }: QueueSetup,
  ) {
    const manager = new Manager((jobId) => submit(String(jobId)), INTERVAL_MS);
    this.#manager = manager;
    manager._paused = paused;
    this.#workers = Array.from({ length: schedulers }, () => manager._schedulerWorker());
  }

  enqueue(id: string, { dependsOn = [], priority = 0 }: { dependsOn?: readonly string[]; priority?: number } = {}) {
    return this.#manager.enqueue(Number(id), dependsOn.map(Number), priority);
  }

  link(id: string, dependsOn: string): Promise<void> {
    return this.enqueue(id, { dependsOn: [dependsOn] });
  }

  cancel(id: string): Promise<boolean> {
    return this.#manager.dequeue(Number(id));
  }

  setPriority(id: string, priority: number): Promise<void> {
    return this.#manager.changePriority(Number(id), priority);
  }

  report(id: string, word: string = 'COMPLETED'): Promise<void> {
    return this.#manager.updateStatus(Number(id), word);
  }

  status(id: string): Promise<string | undefined> {
    return Promise.resolve(this.#manager._jobs.get(Number(id))?.status.toLowerCase());
  }

  pause(): Promise<void> {
    return this.#manager.pause();
  }

  resume(): Promise<void> {
    return this.#manager.resume();
  }

  purge(): Promise<void> {
    return this.#manager.purgeFinished();
  }

  async close(): Promise<void> {
    this.#manager._running = false;
    await Promise.all(this.#workers);
  }
}

export const ours = (sim: Sim): OpenQueue => {
  return (setup) => Ours.open(sim, setup);
};
export const asFound = (): OpenQueue => (setup) => Promise.resolve(new Specimen(FoundQueueManager, setup));
export const asDocumented = (): OpenQueue => (setup) => Promise.resolve(new Specimen(DocumentedQueueManager, setup));
