import { requireCount, requireDuration, requireObject } from './job-check.ts';

export interface JobQueueOptions {
  /** How many submissions may be under way at once in this process. Default 4. */
  readonly concurrency?: number;
  /** Submissions of one job that end without an answer before it has `failed`. Default 10. */
  readonly maxAttempts?: number;
  /** A submission that is not answered within so many ms counts as ended without an answer. Default 30,000. */
  readonly submitTimeoutMs?: number;
  /**
   * Ms after which a submission that another process has begun and not ended is taken to have died with its process.
   * At least twice `submitTimeoutMs`, which is the default, and the same in all processes of a database.
   */
  readonly leaseMs?: number;
  /** Ms from a failed attempt to the next one; doubles with each attempt. Default 1,000. */
  readonly backoffMs?: number;
  /** The longest back-off, in ms. Default 60,000. */
  readonly maxBackoffMs?: number;
  /** How often to look for what other processes have enqueued, in ms. Default 1,000. */
  readonly pollMs?: number;
}

export type QueueTerms = Required<JobQueueOptions>;

/** @throws QueueError 'invalid-argument' */
export function termsOf(options: JobQueueOptions): QueueTerms {
  requireObject('options', options);
  const { submitTimeoutMs = 30_000 } = options;
  requireDuration('submitTimeoutMs', submitTimeoutMs, 1);
  const terms: QueueTerms = {
    concurrency: options.concurrency ?? 4,
    maxAttempts: options.maxAttempts ?? 10,
    submitTimeoutMs,
    leaseMs: options.leaseMs ?? 2 * submitTimeoutMs,
    backoffMs: options.backoffMs ?? 1_000,
    maxBackoffMs: options.maxBackoffMs ?? Math.max(60_000, options.backoffMs ?? 0),
    pollMs: options.pollMs ?? 1_000,
  };
  requireCount('concurrency', terms.concurrency);
  requireCount('maxAttempts', terms.maxAttempts);
  requireDuration('leaseMs', terms.leaseMs, 2 * submitTimeoutMs);
  requireDuration('backoffMs', terms.backoffMs, 1);
  requireDuration('maxBackoffMs', terms.maxBackoffMs, terms.backoffMs);
  requireDuration('pollMs', terms.pollMs, 1);
  return terms;
}

/** Ms that the queue waits after attempt number `attempt` has failed. */
export function backoffAfter(attempt: number, { backoffMs, maxBackoffMs }: QueueTerms): number {
  return Math.min(backoffMs * 2 ** (attempt - 1), maxBackoffMs);
}
