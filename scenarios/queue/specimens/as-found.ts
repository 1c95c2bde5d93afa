/**
 * Seed 003, C2: the queue manager as that document found it. Kept because it is wrong.
 *
 * The document prints the two loops of `schedule_jobs`; everything else is left out. Lines marked `completed` are not in
 * the document; a mark alone on its line belongs to the line below it. Completed as the document's words suggest:
 * - job submission is I/O, and stands in the second loop, as in the documented fix;
 * - `schedule_jobs` as printed knows neither dependencies nor priorities, and so neither does this one;
 * - the worker loop sleeps between its passes, outlives an error in one, and does nothing while the queue is paused;
 * - `dequeue` takes out a job that is still pending; an end of a job is reported by `updateStatus`.
 * Everything but the submission and the sleep is in memory, and so nothing else is asynchronous.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface QueuedJob {
  status: string;
  dependencies: readonly number[];
  priority: number; // completed
}

export type SubmitJob = (jobId: number, queuedJob: QueuedJob) => Promise<unknown>;

export class QueueManager {
  readonly _jobs: Map<number, QueuedJob> = new Map<number, QueuedJob>();
  readonly _submitJob: SubmitJob; // completed
  readonly _intervalMs: number; // completed
  _paused = false; // completed
  _running = true; // completed

  // completed
  constructor(submitJob: SubmitJob, intervalMs: number) {
    this._submitJob = submitJob; // completed
    this._intervalMs = intervalMs; // completed
  }

  async scheduleJobs(): Promise<number> {
    let scheduledCount = 0;
    const jobsToSchedule: [number, QueuedJob][] = [];

    for (const [jobId, queuedJob] of [...this._jobs]) {
      if (queuedJob.status === 'pending') jobsToSchedule.push([jobId, queuedJob]);
    }

    for (const [jobId, queuedJob] of jobsToSchedule) {
      queuedJob.status = 'scheduled';
      this._jobs.set(jobId, queuedJob);
      await this._submitJob(jobId, queuedJob); // completed
      scheduledCount += 1; // completed
    }
    return scheduledCount; // completed
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
    if (this._dependsOn(dependencies, jobId)) return Promise.reject(new Error(`Circular dependency of ${jobId}`)); // completed
    this._jobs.set(jobId, { status: 'pending', dependencies, priority }); // completed
    return Promise.resolve(); // completed
  }

  // completed
  _dependsOn(dependencies: readonly number[], jobId: number): boolean {
    return dependencies.some(
      (each) => each === jobId || this._dependsOn(this._jobs.get(each)?.dependencies ?? [], jobId),
    ); // completed
  }

  // completed
  dequeue(jobId: number): Promise<boolean> {
    if (this._jobs.get(jobId)?.status !== 'pending') return Promise.resolve(false); // completed
    return Promise.resolve(this._jobs.delete(jobId)); // completed
  }

  // completed
  updateStatus(jobId: number, status: string): Promise<void> {
    const job = this._jobs.get(jobId); // completed
    if (job) job.status = status; // completed
    return Promise.resolve(); // completed
  }

  // completed
  changePriority(jobId: number, priority: number): Promise<void> {
    const job = this._jobs.get(jobId); // completed
    if (job) job.priority = priority; // completed
    return Promise.resolve(); // completed
  }

  // completed
  purgeFinished(): Promise<void> {
    // completed
    for (const [jobId, { status }] of [...this._jobs]) {
      if (status.toUpperCase() === 'COMPLETED') this._jobs.delete(jobId); // completed
    }
    return Promise.resolve(); // completed
  }

  // completed
  pause(): Promise<void> {
    this._paused = true; // completed
    return Promise.resolve(); // completed
  }

  // completed
  resume(): Promise<void> {
    this._paused = false; // completed
    return Promise.resolve(); // completed
  }
}
