import type { SqlRow, SqlSession, SqlTransaction } from '../sql/index.ts';
import { ended } from './job-ends.ts';
import type { SubmitResult } from './job.ts';
import { patiently } from './patience.ts';
import type { JobChange } from './queue-events.ts';
import { PLACE } from './schema.ts';

/** One attempt at submitting a job, which its owner alone may make. */
export interface Attempt {
  readonly seq: number;
  readonly id: string;
  readonly attempt: number;
  readonly owner: string;
}

/** An attempt that has just begun. */
export interface BegunAttempt extends Attempt {
  readonly payload: string;
}

/** A job with an attempt under way (`owner`), or whose last one ended without an answer (null). */
export interface OpenJob {
  readonly seq: number;
  readonly id: string;
  readonly attempt: number;
  readonly owner: string | null;
  /** The queue is paused: no attempt may begin. */
  readonly paused: boolean;
}

const BEGIN = `UPDATE queue_job SET status = 'submitting', attempts = attempts + 1, owner = ?`;
const PAUSED = `(SELECT paused FROM queue_state)`;
const BEGUN = `RETURNING seq, id, payload, attempts`;

/**
 * The first job in the line that waits for nothing; none while the queue is paused. A dependency that is not there any more had completed when it was
 * purged: see {@link JobTable.purge}.
 */
const FIRST_IN_LINE = `
  SELECT seq FROM queue_job AS job
  WHERE status = 'pending' AND ${PAUSED} = 0 AND NOT EXISTS (
    SELECT 1 FROM queue_dependency AS dependency JOIN queue_job AS needed ON needed.id = dependency.depends_on
    WHERE dependency.job = job.id AND needed.status <> 'completed'
  )
  ORDER BY ${PLACE}, seq LIMIT 1`;

const BEGIN_FIRST_IN_LINE = `${BEGIN} WHERE seq = (${FIRST_IN_LINE}) ${BEGUN}`;

const BEGIN_AGAIN = `
  ${BEGIN} WHERE ${PAUSED} = 0 AND seq = ? AND attempts = ? AND owner IS NULL AND status = 'submitting'
  ${BEGUN}`;

const OPEN_JOBS = `
  SELECT seq, id, attempts, owner, ${PAUSED} AS paused FROM queue_job
  WHERE owner IS NOT NULL OR status = 'submitting'`;

const RELEASE = `UPDATE queue_job SET owner = NULL WHERE seq = ? AND owner = ? AND attempts = ?`;

const ANSWERED = `
  UPDATE queue_job SET status = ?, reason = ?, finished_at = ?
  WHERE seq = ? AND status = 'submitting' RETURNING id, status`;

const UNANSWERED = `
  UPDATE queue_job SET
    status = CASE WHEN cancel_asked THEN 'cancelled' WHEN attempts >= ? THEN 'failed' ELSE status END,
    finished_at = CASE WHEN cancel_asked OR attempts >= ? THEN ? END,
    reason = ?
  WHERE seq = ? AND status = 'submitting' RETURNING id, status`;

/** Who submits what: the part of the store that schedulers share. Each call is atomic. */
export class AttemptTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** Begins the first attempt of the first job in the line that waits for nothing. */
  async beginNext(owner: string): Promise<BegunAttempt | undefined> {
    // Looks first: an idle scheduler must not take the write lock every now and then.
    const ready = await patiently(() => this.#session.all(FIRST_IN_LINE));
    if (ready.length === 0) return undefined;
    return begun(await patiently(() => this.#session.all(BEGIN_FIRST_IN_LINE, [owner])), owner);
  }

  /** Begins another attempt of a job whose last one ended without an answer; not if anybody was faster. */
  async beginAgain(owner: string, { seq, attempt }: OpenJob): Promise<BegunAttempt | undefined> {
    return begun(await patiently(() => this.#session.all(BEGIN_AGAIN, [owner, seq, attempt])), owner);
  }

  async open(): Promise<readonly OpenJob[]> {
    const rows = await patiently(() => this.#session.all(OPEN_JOBS));
    return rows.map(({ seq, id, attempts, owner, paused }) => ({
      seq: Number(seq),
      id: String(id),
      attempt: Number(attempts),
      owner: owner as string | null,
      paused: Number(paused) === 1,
    }));
  }

  /** Ends an attempt that was answered. That counts also if it was given up meanwhile: the receiver knows best. */
  answered(
    { seq, owner, attempt }: Attempt,
    result: SubmitResult,
    reason: string | null,
  ): Promise<readonly JobChange[]> {
    return this.#transaction(async (tx) => {
      await tx.run(RELEASE, [seq, owner, attempt]);
      const finishedAt = result === 'submitted' ? null : Date.now();
      return ended(tx, await tx.all(ANSWERED, [result, reason, finishedAt, seq]));
    });
  }

  /** Ends an attempt of which nobody knows whether it reached the receiver. Nothing if it had ended before. */
  unanswered({ seq, owner, attempt }: Attempt, reason: string, maxAttempts: number): Promise<readonly JobChange[]> {
    return this.#transaction(async (tx) => {
      const { changes } = await tx.run(RELEASE, [seq, owner, attempt]);
      return changes === 0
        ? []
        : ended(tx, await tx.all(UNANSWERED, [maxAttempts, maxAttempts, Date.now(), reason, seq]));
    });
  }

  #transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    return patiently(() => this.#session.transaction(work));
  }
}

function begun([row]: readonly SqlRow[], owner: string): BegunAttempt | undefined {
  if (row === undefined) return undefined;
  const { seq, id, payload, attempts } = row;
  return { seq: Number(seq), id: String(id), payload: String(payload), attempt: Number(attempts), owner };
}
