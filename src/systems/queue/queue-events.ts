import type { JobStatus } from './job.ts';

/** A job that this queue has moved on. What other processes do on the same database is not announced here. */
export interface JobChange {
  readonly id: string;
  readonly status: JobStatus;
}

/** A submission that ended without an answer. */
export interface FailedAttempt {
  readonly id: string;
  readonly attempt: number;
  readonly error: unknown;
}

export interface QueueEvents {
  changed: [change: JobChange];
  attemptFailed: [attempt: FailedAttempt];
  /** The scheduler could not read or write the database. It goes on and tries again. */
  trouble: [error: unknown];
}
