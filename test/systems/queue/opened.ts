// Runs programs with job queues on a real SQLite, on virtual time.

import { openSqlite } from '../../../src/devices/sqlite/index.ts';
import type { Sim } from '../../../src/scenario/sim.ts';
import { JobQueue, QueueError, type JobQueueOptions, type Submit } from '../../../src/systems/queue/index.ts';
import { sqliteDatabase, SqlSession, type SqlDatabase } from '../../../src/systems/sql/index.ts';
import { stored } from '../../devices/storage.ts';

export interface Opened {
  readonly sim: Sim;
  readonly queue: JobQueue;
  /** The session of `queue`. */
  readonly session: SqlSession;
  /** A session of its own on the same database. */
  readonly connect: () => SqlSession;
  /** Another queue on the same database, as another process would have it. */
  readonly another: (options?: JobQueueOptions) => Promise<JobQueue>;
}

/** What `program` returns. Closes its queues. `wrap` may listen to what the queues ask of the database. */
export async function withQueue<T>(
  program: (opened: Opened) => Promise<T>,
  options: JobQueueOptions = {},
  wrap: (database: SqlDatabase) => SqlDatabase = (database) => database,
): Promise<T> {
  const { result } = await stored(async (sim, disk) => {
    const queues: JobQueue[] = [];
    const connect = (): SqlSession =>
      new SqlSession(wrap(sqliteDatabase(openSqlite(disk, 'jobs.db', { journal: 'wal', latency: 0 }))));
    const another = async (others: JobQueueOptions = options, session: SqlSession = connect()): Promise<JobQueue> => {
      const queue = await JobQueue.open(session, others);
      queues.push(queue);
      return queue;
    };
    const session = connect();
    const value = await program({ sim, queue: await another(options, session), session, another, connect });
    for (const queue of queues) await queue.close();
    return value;
  });
  return result;
}

/** A receiver that completes each job at once, and the keys that it got. */
export function completing(): { readonly keys: string[]; readonly submit: Submit } {
  const keys: string[] = [];
  const submit: Submit = ({ key }) => {
    keys.push(key);
    return Promise.resolve('completed');
  };
  return { keys, submit };
}

/** The code of the error of `work`, which must be the queue's. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof QueueError) return error.code;
  throw new Error(`no QueueError but ${String(error)}`);
}
