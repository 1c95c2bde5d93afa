import type { Disk, DiskOptions, ProcessOptions, Sim } from 'heddle';
import { openSqlite, sqliteFile } from 'heddle/sqlite';
import {
  JobQueue,
  SqlSession,
  sqliteDatabase,
  type JobQueueOptions,
  type SqlDatabase,
  type Submit,
} from 'heddle/systems';
import { QueueManager as DocumentedQueueManager } from './as-documented.ts';
import { QueueManager as FoundQueueManager } from './as-found.ts';

/** What the scenarios ask of a queue, whatever its own interface looks like. Jobs are named by numbers. */
export interface Queue {
  enqueue(job: NewJob): Promise<void>;
  /** Several at once: one transaction of ours. */
  enqueueAll(jobs: readonly NewJob[]): Promise<void>;
  /** Lets a job that waits depend on another one, too. Rejects if that would be a cycle. */
  link(id: string, dependsOn: string): Promise<void>;
  /** True if it was cancelled: no submission of it begins any more. False if it was too late for that. */
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

export interface NewJob {
  readonly id: string;
  readonly dependsOn?: readonly string[];
  readonly priority?: number;
}

export interface QueueSetup {
  /** Hands a job to its receiver. Who says how it ends there is the scenario. */
  readonly submit: (key: string) => Promise<void>;
  /** The receiver has done a job when it has answered, and nobody needs to report that. Default false. */
  readonly doneWhenAnswered?: boolean;
  /** How many loops schedule jobs at once. Ours has each in a process of its own. Default 1. */
  readonly schedulers?: number;
  /** What may happen to the further ones, which then do all the work, with the database at the end of a network. */
  readonly disturbances?: ProcessOptions;
  /** Jobs can be enqueued, but nothing is submitted before the first `resume`. */
  readonly paused?: boolean;
}

type Opener = (setup: QueueSetup) => Promise<Queue>;

/** The queue of one run. */
export class QueueUnderTest {
  readonly #open: Opener;
  #queue: Queue | undefined;

  constructor(open: Opener) {
    this.#open = open;
  }

  /** Opens it in the current process; again after a crash, with what is left of it. */
  async open(setup: QueueSetup): Promise<Queue> {
    return (this.#queue = await this.#open(setup));
  }

  async close(): Promise<void> {
    await this.#queue?.close();
  }
}

const INTERVAL_MS = 10;

/** Submissions of one job, at most. */
export const MAX_ATTEMPTS = 10;

/** All in virtual ms, and short, so that a run sees time-outs, back-offs and ends of leases. */
export const TERMS: JobQueueOptions = {
  submitTimeoutMs: 200,
  leaseMs: 400,
  backoffMs: 10,
  maxAttempts: MAX_ATTEMPTS,
  maxBackoffMs: 80,
  concurrency: 2,
  pollMs: 100,
};

/** A connection of the current process. */
function connection(disk: Disk): SqlDatabase {
  return sqliteDatabase(openSqlite(disk, 'jobs.db', { journal: 'wal', latency: [0, 2] }));
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

  static async open(sim: Sim, disk: Disk, setup: QueueSetup): Promise<Queue> {
    const { submit, doneWhenAnswered = false, schedulers = 1, disturbances, paused = false } = setup;
    const own = new SqlSession(connection(disk));
    const queue = await JobQueue.open(own, TERMS);
    if (paused) await queue.pause();
    const deliver: Submit = async ({ key }) => {
      await submit(key);
      return doneWhenAnswered ? 'completed' : 'submitted';
    };
    if (disturbances === undefined) queue.start(deliver);
    const others: (() => Promise<void>)[] = [];
    for (let i = 2; i <= schedulers; i += 1) {
      const name = `worker ${i}`;
      const worker = sim.process(name, disturbances ?? {});
      // Opened here: each statement of the other process takes two messages.
      const far = disturbances && sim.device('database', connection(disk), { latency: [0, 10] });
      const open = async (): Promise<void> => {
        const itsSession = new SqlSession(far ?? connection(disk));
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

  async enqueue(job: NewJob): Promise<void> {
    await this.#queue.enqueue(job);
  }

  async enqueueAll(jobs: readonly NewJob[]): Promise<void> {
    await this.#queue.enqueueAll(jobs);
  }

  link(id: string, dependsOn: string): Promise<void> {
    return this.#queue.addDependency(id, dependsOn);
  }

  async cancel(id: string): Promise<boolean> {
    return (await this.#queue.cancel(id)).outcome === 'cancelled';
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
    { submit, doneWhenAnswered = false, schedulers = 1, paused = false }: QueueSetup,
  ) {
    const manager = new Manager(async (jobId) => {
      await submit(String(jobId));
      // Well after the manager has noted that the job is scheduled.
      if (doneWhenAnswered) setTimeout(() => void this.report(String(jobId)), 5);
    }, INTERVAL_MS);
    this.#manager = manager;
    manager._paused = paused;
    this.#workers = Array.from({ length: schedulers }, () => manager._schedulerWorker());
  }

  enqueue({ id, dependsOn = [], priority = 0 }: NewJob): Promise<void> {
    return this.#manager.enqueue(Number(id), dependsOn.map(Number), priority);
  }

  async enqueueAll(jobs: readonly NewJob[]): Promise<void> {
    await Promise.all(jobs.map((job) => this.enqueue(job)));
  }

  link(id: string, dependsOn: string): Promise<void> {
    return this.enqueue({ id, dependsOn: [dependsOn] });
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

/** What ours makes of an empty database when it opens it: a run that begins with that is half as long. */
async function openedBefore(): Promise<Uint8Array> {
  const script = ['PRAGMA journal_mode = wal'];
  const recorder: SqlDatabase = {
    run: (sql) => {
      script.push(sql);
      return Promise.resolve({ changes: 0 });
    },
    all: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
  await JobQueue.open(new SqlSession(recorder));
  return sqliteFile(script.join(';'));
}

const files = { 'jobs.db': await openedBefore() };

const onDisk =
  (options: DiskOptions) =>
  (sim: Sim): QueueUnderTest => {
    const disk = sim.disk('ssd', options);
    return new QueueUnderTest((setup) => Ours.open(sim, disk, setup));
  };

export const ours = onDisk({ files });
/** It has to make its tables first. */
export const oursFromScratch = onDisk({});
export const asFound = (): QueueUnderTest =>
  new QueueUnderTest((setup) => Promise.resolve(new Specimen(FoundQueueManager, setup)));
export const asDocumented = (): QueueUnderTest =>
  new QueueUnderTest((setup) => Promise.resolve(new Specimen(DocumentedQueueManager, setup)));
