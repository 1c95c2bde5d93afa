export { JobQueue } from './job-queue.ts';
export {
  PLACES_PER_PRIORITY,
  type CancelResult,
  type Job,
  type JobSpec,
  type JobStatus,
  type Submission,
  type Submit,
  type SubmitResult,
} from './job.ts';
export { QueueError, type QueueErrorCode, type QueueErrorDetails } from './queue-error.ts';
export type { FailedAttempt, JobChange, QueueEvents } from './queue-events.ts';
export type { JobQueueOptions } from './queue-options.ts';
