import { randomUUID } from 'node:crypto';
import { Announcer } from '../breaker/announcer.ts';
import type { SqlSession } from '../sql/index.ts';
import { AttemptTable } from './attempt-table.ts';
import { AttemptWatch } from './attempt-watch.ts';
import { Bell } from './bell.ts';
import { cycle } from './cycle.ts';
import {
  checkSpecs,
  requireAge,
  requireEnd,
  requireFunction,
  requireId,
  requirePriority,
  requireText,
} from './job-check.ts';
import { JobTable, unknownJob } from './job-table.ts';
import type { CancelResult, Job, JobSpec, JobStatus, Submit } from './job.ts';
import { QueueError } from './queue-error.ts';
import type { JobChange, QueueEvents } from './queue-events.ts';
import { termsOf, type JobQueueOptions, type QueueTerms } from './queue-options.ts';
import { Scheduler } from './scheduler.ts';

/**
 * A durable queue of jobs in an SQL database (SQLite 3.38 or later), and the scheduler that submits them.
 *
 * What it promises:
 *
 * - A job whose enqueue has resolved is in the database: no crash of a process loses it.
 * - Each job is submitted at least once, always under the same key. At a receiver that ignores keys it has seen it
 *   takes effect exactly once. Submissions are repeated only after a crash, a rejection or a time-out.
 * - Its status only moves forward, in the order of {@link JobStatus}.
 * - A job is submitted after everything that it depends on has completed.
 * - None waits for ever: at most {@link PLACES_PER_PRIORITY} later jobs for each step of priority overtake it, and it is
 *   cancelled when something that it depends on has failed or was cancelled.
 * - Any number of processes may work on one database. An attempt is begun by one of them. If that one dies, others make
 *   another attempt after `leaseMs`. No clock is compared with another.
 *
 * Every method that changes something may be called again if its answer was lost. All reject with a {@link QueueError}
 * or with the error of the database.
 *
 * @example
 * const queue = await JobQueue.open(new SqlSession(database));
 * queue.start(async ({ key, payload, signal }) => {
 *   await fetch('https://jobs.example/', { method: 'PUT', headers: { 'idempotency-key': key }, body: payload, signal });
 *   return 'submitted';
 * });
 * await queue.enqueueAll([{ id: 'import-7' }, { id: 'report-7', dependsOn: ['import-7'] }]);
 * await queue.report('import-7', 'completed'); // when the receiver says so
 * await queue.close();
 */
export class JobQueue extends Announcer<QueueEvents> {
  readonly #jobs: JobTable;
  readonly #attempts: AttemptTable;
  readonly #watch: AttemptWatch;
  readonly #terms: QueueTerms;
  readonly #bell = new Bell();
  readonly #calls = new Set<Promise<unknown>>();
  #scheduler: Scheduler | undefined;
  #closed = false;

  private constructor(session: SqlSession, terms: QueueTerms) {
    super();
    this.#terms = terms;
    this.#jobs = new JobTable(session);
    this.#attempts = new AttemptTable(session);
    this.#watch = new AttemptWatch(this.#attempts, terms, (changes) => {
      this.#announceAll(changes);
    });
  }

  /** Makes its tables (`queue_…`) if they are not there. The session stays the caller's, who closes it after the queue. */
  static async open(session: SqlSession, options: JobQueueOptions = {}): Promise<JobQueue> {
    const queue = new JobQueue(session, termsOf(options));
    await queue.#jobs.create();
    return queue;
  }

  /** Begins to submit jobs in this process. What an earlier process has left unfinished is found by itself. */
  start(submit: Submit): void {
    this.#requireOpen();
    requireFunction('submit', submit);
    if (this.#scheduler !== undefined) {
      throw new QueueError('invalid-argument', {
        expected: 'start to be called once',
        received: 'a second call',
        nextStep: 'set concurrency to submit more at once',
      });
    }
    this.#scheduler = new Scheduler({
      table: this.#attempts,
      watch: this.#watch,
      bell: this.#bell,
      terms: this.#terms,
      // So that one that throws at once is one that rejects.
      submit: async (submission) => await submit(submission),
      owner: randomUUID(),
      // Without the bell: the scheduler rings it when the attempt is over.
      changed: (changes) => {
        for (const change of changes) this.announce('changed', change);
      },
      attemptFailed: (attempt) => {
        this.announce('attemptFailed', attempt);
      },
      trouble: (error) => {
        this.announce('trouble', error);
      },
    });
  }

  /**
   * Adds a job; false if it is there already.
   *
   * Rejects with 'cycle' if it depends on itself, 'unknown-dependency' or 'dependency-ended' if what it depends on is
   * not in the queue or can not complete any more, and 'id-taken' if its id belongs to a job with another payload.
   */
  async enqueue(spec: JobSpec): Promise<boolean> {
    return (await this.enqueueAll([spec])).length > 0;
  }

  /** Adds jobs, which may depend on each other: all of them or, if one is refused, none. Returns the ids that are new. */
  enqueueAll(specs: readonly JobSpec[]): Promise<readonly string[]> {
    return this.#perform(async () => {
      const checked = checkSpecs(specs);
      const fresh = await this.#jobs.enqueue(checked);
      this.#announceAll(fresh.map((id) => ({ id, status: 'pending' })));
      return fresh;
    });
  }

  /**
   * Lets a pending job wait for another one, too.
   *
   * Rejects as {@link enqueue} does, and with 'unknown-job' or 'already-started'.
   */
  addDependency(id: string, dependsOn: string): Promise<void> {
    return this.#perform(async () => {
      requireId('id', id);
      requireId('dependsOn', dependsOn);
      if (id === dependsOn) throw cycle([id, id]);
      await this.#jobs.addDependency(id, dependsOn);
    });
  }

  /** Moves a pending job in the line; false if it is not pending, for it has left the line then. */
  setPriority(id: string, priority: number): Promise<boolean> {
    return this.#perform(async () => {
      requireId('id', id);
      requirePriority(priority);
      return await this.#jobs.setPriority(id, priority);
    });
  }

  /** What is known of a job; undefined if it was never enqueued, or was purged. */
  job(id: string): Promise<Job | undefined> {
    return this.#perform(async () => {
      requireId('id', id);
      return await this.#jobs.job(id);
    });
  }

  /** How many jobs there are of each status. */
  counts(): Promise<Readonly<Record<JobStatus, number>>> {
    return this.#perform(() => this.#jobs.counts());
  }

  /**
   * Takes a job out of the queue, and with it the jobs that wait for it. Once this has resolved with 'cancelled', no
   * submission of it begins. While one is under way it waits for that one's end, which decides: at most `leaseMs` and a
   * bit. See {@link CancelResult}.
   *
   * The request itself is durable from the start: if the caller dies while it waits, the job is still cancelled when
   * its attempt ends without an answer.
   *
   * Rejects with 'unknown-job', or with 'closed' if the queue is closed while it waits.
   */
  cancel(id: string): Promise<CancelResult> {
    return this.#perform(async () => {
      requireId('id', id);
      this.#announceAll(await this.#jobs.cancel(id));
      for (;;) {
        const { rings } = this.#bell;
        const job = await this.#jobs.job(id);
        if (job === undefined) throw unknownJob(id);
        const { status, attempts } = job;
        if (status === 'cancelled') return { outcome: 'cancelled', reached: attempts === 0 ? 'never' : 'perhaps' };
        if (status !== 'pending' && status !== 'submitting') return { outcome: 'too-late', status };
        const { nextInMs } = await this.#watch.look();
        await this.#waitForAttempts(rings, nextInMs);
      }
    });
  }

  /**
   * Stops submissions in all processes, until {@link resume}. Once this has resolved, none is under way and none begins:
   * it waits for those that are under way, at most `leaseMs` and a bit. What the receiver has accepted goes on there.
   *
   * Rejects with 'closed' if the queue is closed while it waits; it is paused then all the same.
   */
  pause(): Promise<void> {
    return this.#perform(async () => {
      await this.#jobs.setPaused(true);
      for (;;) {
        const { rings } = this.#bell;
        const { underWay, nextInMs } = await this.#watch.look();
        // If somebody has resumed it meanwhile, there is nothing to wait for any more.
        if (underWay.length === 0 || !(await this.#jobs.paused())) return;
        await this.#waitForAttempts(rings, nextInMs);
      }
    });
  }

  /** Ends a pause. Other processes notice it within `pollMs`. */
  resume(): Promise<void> {
    return this.#perform(async () => {
      await this.#jobs.setPaused(false);
      this.#bell.ring();
    });
  }

  /** Whether submissions are stopped. */
  isPaused(): Promise<boolean> {
    return this.#perform(() => this.#jobs.paused());
  }

  /**
   * The receiver's word on how a job has ended there. It may come before the submission was answered. Returns the
   * job's status, which is another one if the job had ended before.
   *
   * Rejects with 'unknown-job', or 'not-submitted' for a job that nobody can have.
   */
  report(id: string, status: 'completed' | 'failed', reason?: string): Promise<JobStatus> {
    return this.#perform(async () => {
      requireId('id', id);
      requireEnd('status', status);
      if (reason !== undefined) requireText('reason', reason);
      const { changes, now } = await this.#jobs.report(id, status, reason ?? null);
      this.#announceAll(changes);
      if (now === undefined) throw unknownJob(id);
      if (now !== 'pending') return now;
      throw new QueueError('not-submitted', {
        expected: `job ${JSON.stringify(id)} to have been submitted`,
        received: 'a report of its end, while it is pending',
        nextStep: 'report under the key of the submission',
      });
    });
  }

  /**
   * Forgets jobs that ended at least `olderThanMs` ago, by the wall clock; returns how many.
   *
   * This changes nothing for jobs that depend on them: they wait no longer for what has completed, and were cancelled
   * with what has not. A job that is enqueued later and depends on a purged one is refused ('unknown-dependency').
   * The ids of purged jobs are free again here, but not at the receiver.
   */
  purge(olderThanMs = 0): Promise<number> {
    return this.#perform(async () => {
      requireAge('olderThanMs', olderThanMs);
      return await this.#jobs.purge(Date.now() - olderThanMs);
    });
  }

  /**
   * Begins no attempt any more and resolves when those under way in this process and all calls have ended: nothing of
   * the queue uses the session any more. Everything else is in the database, for the next process. May be called again.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#bell.ring();
    await this.#scheduler?.stop();
    await Promise.allSettled(this.#calls);
  }

  /** Does the work of a call, for whose end {@link close} waits. */
  async #perform<T>(work: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    const call = work();
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  async #waitForAttempts(rings: number, nextInMs: number): Promise<void> {
    await this.#bell.wait(rings, Math.ceil(Math.min(nextInMs, this.#terms.pollMs)));
    this.#requireOpen();
  }

  #announceAll(changes: readonly JobChange[]): void {
    for (const change of changes) this.announce('changed', change);
    if (changes.length > 0) this.#bell.ring();
  }

  #requireOpen(): void {
    if (!this.#closed) return;
    throw new QueueError('closed', {
      expected: 'the queue to be open',
      received: 'a call after, or during, close()',
      nextStep: 'open it again; jobs are in the database',
    });
  }
}
