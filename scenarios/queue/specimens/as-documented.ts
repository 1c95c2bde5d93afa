/**
 * Seed 003, C2: the queue manager with the fix as that document gives it. Kept because it is judged.
 *
 * The document prints `schedule_jobs` and `_dependencies_satisfied_locked`; `async with self._lock` is `_locked` here.
 * Lines marked `completed` are not in the document; a mark alone on its line belongs to the line below it. Completed as
 * the document's words suggest:
 * - job submission is I/O, the lock is not held meanwhile; it gets the job's id, which is its key at the receiver;
 * - the other methods are short and take the lock, as the document's list of tests says of each of them;
 * - the worker loop sleeps between its passes, outlives an error in one, and does nothing while the queue is paused;
 * - `dequeue` takes out a job that is still pending; an end of a job is reported by `updateStatus`, which writes down
 *   the status that it is given.
 * Everything but the submission and the sleep is in memory, and so nothing else is asynchronous.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Mutex } from 'heddle/systems';
import type { QueuedJob, SubmitJob } from './as-found.ts';

export class QueueManager {
  readonly _jobs: Map<number, QueuedJob> = new Map<number, QueuedJob>();
  readonly _lock: Mutex = new Mutex();
  readonly _submitJob: SubmitJob; // completed
  readonly _intervalMs: number; // completed
  _paused = false; // completed
  _running = true; // completed

  // completed
  constructor(submitJob: SubmitJob, intervalMs: number) {
    this._submitJob = submitJob; // completed
    this._intervalMs = intervalMs; // completed
  }

  _locked<T>(work: () => T): Promise<T> {
    return this._lock.runExclusive(work);
  }

  async scheduleJobs(): Promise<number> {
    let scheduledCount = 0;
    const jobsToSchedule: [number, QueuedJob][] = [];

    // Step 1: Find jobs to schedule (under lock)
    await this._locked(() => {
      for (const [jobId, queuedJob] of [...this._jobs]) {
        if (queuedJob.status === 'pending') {
          if (this._dependenciesSatisfiedLocked(jobId)) {
            jobsToSchedule.push([jobId, queuedJob]);
          }
        }
      }
    });

    // Step 2: Submit jobs (lock-free, I/O)
    for (const [jobId, queuedJob] of jobsToSchedule) {
      await this._submitJob(jobId, queuedJob);

      // Step 3: Update status (under lock)
      await this._locked(() => {
        const job = this._jobs.get(jobId);
        if (job) {
          job.status = 'scheduled';
          scheduledCount += 1;
        }
      });
    }
    return scheduledCount; // completed
  }

  /** Caller must hold the lock. */
  _dependenciesSatisfiedLocked(jobId: number): boolean {
    const queuedJob = this._jobs.get(jobId);
    if (!queuedJob || queuedJob.dependencies.length === 0) return true;

    for (const depId of queuedJob.dependencies) {
      const depJob = this._jobs.get(depId);
      if (depJob?.status !== 'COMPLETED') return false;
    }

    return true;
  }

  async _schedulerWorker(): Promise<void> {
    // completed
    while (this._running) {
      try {
        if (!this._paused) await this.scheduleJobs(); // completed
      } catch {
        // completed: an error of one pass is logged
      }
      await sleep(this._intervalMs); // completed
    }
  }

  // completed
  enqueue(jobId: number, dependencies: readonly number[] = [], priority: number = 0): Promise<void> {
    // completed
    return this._locked(() => {
      if (this._dependsOn(dependencies, jobId)) throw new Error(`Circular dependency of ${jobId}`); // completed
      this._jobs.set(jobId, { status: 'pending', dependencies, priority }); // completed
    });
  }

  // completed
  _dependsOn(dependencies: readonly number[], jobId: number): boolean {
    return dependencies.some(
      (each) => each === jobId || this._dependsOn(this._jobs.get(each)?.dependencies ?? [], jobId),
    ); // completed
  }

  // completed
  dequeue(jobId: number): Promise<boolean> {
    return this._locked(() => this._jobs.get(jobId)?.status === 'pending' && this._jobs.delete(jobId)); // completed
  }

  // completed
  updateStatus(jobId: number, status: string): Promise<void> {
    // completed
    return this._locked(() => {
      const job = this._jobs.get(jobId); // completed
      if (job) job.status = status; // completed
    });
  }

  // completed
  changePriority(jobId: number, priority: number): Promise<void> {
    // completed
    return this._locked(() => {
      const job = this._jobs.get(jobId); // completed
      if (job) job.priority = priority; // completed
    });
  }

  // completed
  purgeFinished(): Promise<void> {
    // completed
    return this._locked(() => {
      // completed
      for (const [jobId, { status }] of [...this._jobs]) {
        if (status.toUpperCase() === 'COMPLETED') this._jobs.delete(jobId); // completed
      }
    });
  }

  // completed
  pause(): Promise<void> {
    // completed
    return this._locked(() => {
      this._paused = true; // completed
    });
  }

  // completed
  resume(): Promise<void> {
    // completed
    return this._locked(() => {
      this._paused = false; // completed
    });
  }
}
