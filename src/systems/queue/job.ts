/**
 * How far a job is. It only moves forward, in this order, and the last three are final:
 *
 * - `pending`: waits for its dependencies or for its turn. It was never submitted.
 * - `submitting`: a submission has begun, or is about to; the receiver may have the job or not. If that ended without
 *   an answer, the job stays `submitting` and is submitted again, under the same key.
 * - `submitted`: the receiver has accepted it.
 * - `completed`, `failed`: the receiver said so, or (`failed`) no attempt was answered.
 * - `cancelled`: it will not be submitted (again): by {@link JobQueue.cancel}, or because a dependency has failed or
 *   was cancelled.
 */
export type JobStatus = 'pending' | 'submitting' | 'submitted' | 'completed' | 'failed' | 'cancelled';

/** A job to be done. */
export interface JobSpec {
  /**
   * Its name, unique for ever: it is the key by which the receiver tells that it has the job already. Enqueueing the
   * same id twice is safe, and the way to repeat an enqueue whose answer was lost.
   */
  readonly id: string;
  /** What the receiver gets: text, for example JSON. Empty by default. */
  readonly payload?: string;
  /** Jobs that must have completed before this one is submitted. None by default. */
  readonly dependsOn?: readonly string[];
  /** An integer from -1000 to 1000, 0 by default: each step is worth {@link PLACES_PER_PRIORITY} places in the line. */
  readonly priority?: number;
}

/** What the queue knows of a job. */
export interface Job {
  readonly id: string;
  readonly payload: string;
  readonly status: JobStatus;
  readonly priority: number;
  /** Submissions that have begun. */
  readonly attempts: number;
  /** Its dependencies that have not completed. */
  readonly waitsFor: readonly string[];
  /** Why it failed or was cancelled, or how its last submission ended; null if there is nothing to say. */
  readonly reason: string | null;
}

/**
 * How many places in the line one step of priority is worth. The line is first come, first served, so that with
 * priorities from 0 to 5 at most 50 later jobs overtake an earlier one: none waits for ever.
 */
export const PLACES_PER_PRIORITY = 10;

/** One submission of a job to the receiver. */
export interface Submission {
  /** The job's id: the same in each attempt. A receiver that ignores a key it has seen performs each job once. */
  readonly key: string;
  readonly payload: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the queue no longer waits for the answer, after `submitTimeoutMs`. */
  readonly signal: AbortSignal;
}

/**
 * What the receiver says: it has accepted the job and will {@link JobQueue.report} its end; or it has performed it
 * already; or it refuses it for good.
 */
export type SubmitResult = 'submitted' | 'completed' | 'failed';

/**
 * Hands a job to its receiver. A rejection means that nobody knows whether the job arrived: it is submitted again.
 */
export type Submit = (submission: Submission) => Promise<SubmitResult>;

/**
 * The answer to a cancellation:
 *
 * - `cancelled`: no submission of it begins any more. `reached: 'never'`: there was none. `reached: 'perhaps'`: one has
 *   ended without an answer, the receiver may have the job.
 * - `too-late`: the receiver has it, or it had ended before.
 */
export type CancelResult =
  | { readonly outcome: 'cancelled'; readonly reached: 'never' | 'perhaps' }
  | { readonly outcome: 'too-late'; readonly status: 'submitted' | 'completed' | 'failed' };
