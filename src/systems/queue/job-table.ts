import type { SqlRow, SqlSession, SqlTransaction, SqlValue } from '../sql/index.ts';
import { cycle } from './cycle.ts';
import type { CheckedSpec } from './job-check.ts';
import { ended, FINAL } from './job-ends.ts';
import type { Job, JobStatus } from './job.ts';
import { patiently } from './patience.ts';
import type { JobChange } from './queue-events.ts';
import { QueueError } from './queue-error.ts';
import { SCHEMA } from './schema.ts';

const NAMED = `SELECT id, status, payload FROM queue_job WHERE id IN (SELECT value FROM json_each(?))`;

const INSERT_JOBS = `
  INSERT INTO queue_job (id, payload, priority)
  SELECT value ->> 'id', value ->> 'payload', value ->> 'priority' FROM json_each(?) ORDER BY key`;

const INSERT_DEPENDENCIES = `
  INSERT OR IGNORE INTO queue_dependency (job, depends_on)
  SELECT value ->> 0, value ->> 1 FROM json_each(?)`;

/** Whether job ? waits for job ?, perhaps through others. */
const WAITS_FOR = `
  WITH RECURSIVE needed (id) AS (
    SELECT ?
    UNION
    SELECT depends_on FROM queue_dependency JOIN needed ON job = needed.id
  )
  SELECT 1 FROM needed WHERE id = ?`;

const JOB = `
  SELECT id, payload, status, priority, attempts, reason, (
    SELECT json_group_array(depends_on) FROM queue_dependency JOIN queue_job AS needed ON needed.id = depends_on
    WHERE job = queue_job.id AND needed.status <> 'completed'
  ) AS waits_for
  FROM queue_job WHERE id = ?`;

const CANCEL = `
  UPDATE queue_job SET
    cancel_asked = 1,
    finished_at = CASE WHEN owner IS NULL THEN ? ELSE finished_at END,
    reason = CASE WHEN owner IS NULL THEN 'cancelled on request' ELSE reason END,
    status = CASE WHEN owner IS NULL THEN 'cancelled' ELSE status END
  WHERE id = ? AND status IN ('pending', 'submitting') RETURNING id, status`;

const REPORT = `
  UPDATE queue_job SET status = ?, reason = ?, finished_at = ?
  WHERE id = ? AND status IN ('submitting', 'submitted') RETURNING id, status`;

const PURGEABLE = `SELECT id FROM queue_job WHERE status IN ${FINAL} AND owner IS NULL AND finished_at <= ?`;

/** What the queue's clients do, in the database. Each call is atomic. */
export class JobTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** Makes the tables if they are not there. Looks first: one who only opens the queue should not wait to write. */
  async create(): Promise<void> {
    const made = await this.#all(`SELECT 1 FROM sqlite_master WHERE name = 'queue_state'`, []);
    if (made.length > 0) return;
    await this.#transaction(async (tx) => {
      for (const statement of SCHEMA) await tx.run(statement);
    });
  }

  /** Adds the jobs that are not there yet, all or none, and says which those were. */
  enqueue(specs: readonly CheckedSpec[]): Promise<readonly string[]> {
    const mentioned = [...new Set(specs.flatMap(({ id, dependsOn }) => [id, ...dependsOn]))];
    return this.#transaction(async (tx) => {
      const rows = await tx.all(NAMED, [JSON.stringify(mentioned)]);
      const known = new Map(rows.map((row) => [String(row['id']), row]));
      const fresh = specs.filter((spec) => !isSame(spec, known.get(spec.id)));
      if (fresh.length === 0) return [];
      const freshIds = new Set(fresh.map(({ id }) => id));
      const edges = fresh.flatMap(({ id, dependsOn }) => dependsOn.map((on) => [id, on] as const));
      for (const [id, on] of edges) if (!freshIds.has(on)) requireLiving(id, on, known.get(on));
      await tx.run(INSERT_JOBS, [JSON.stringify(fresh)]);
      if (edges.length > 0) await tx.run(INSERT_DEPENDENCIES, [JSON.stringify(edges)]);
      return [...freshIds];
    });
  }

  addDependency(id: string, dependsOn: string): Promise<void> {
    return this.#transaction(async (tx) => {
      const rows = await tx.all(NAMED, [JSON.stringify([id, dependsOn])]);
      const known = new Map(rows.map((row) => [String(row['id']), row]));
      const job = known.get(id);
      if (job === undefined) throw unknownJob(id);
      if (job['status'] !== 'pending') throw alreadyStarted(id, String(job['status']));
      requireLiving(id, dependsOn, known.get(dependsOn));
      if ((await tx.all(WAITS_FOR, [dependsOn, id])).length > 0) throw cycle([id, dependsOn, id]);
      await tx.run(INSERT_DEPENDENCIES, [JSON.stringify([[id, dependsOn]])]);
    });
  }

  /** False if the job is not pending (any more): its place in the line does not matter then. */
  async setPriority(id: string, priority: number): Promise<boolean> {
    const statement = `UPDATE queue_job SET priority = ? WHERE id = ? AND status = 'pending' RETURNING id`;
    return (await this.#all(statement, [priority, id])).length > 0;
  }

  /**
   * Cancels the job unless an attempt is under way; then it asks for it: the end of that attempt decides.
   * Nothing changes if the job is past that.
   */
  cancel(id: string): Promise<readonly JobChange[]> {
    return this.#transaction(async (tx) => ended(tx, await tx.all(CANCEL, [Date.now(), id])));
  }

  /** Ends the job if it was submitted, and says what it is then. */
  report(
    id: string,
    status: 'completed' | 'failed',
    reason: string | null,
  ): Promise<{ readonly changes: readonly JobChange[]; readonly now: JobStatus | undefined }> {
    return this.#transaction(async (tx) => {
      const changes = await ended(tx, await tx.all(REPORT, [status, reason, Date.now(), id]));
      if (changes.length > 0) return { changes, now: status };
      // In the same transaction: in the next one a scheduler may have begun the job that was pending in this one.
      const [row] = await tx.all(`SELECT status FROM queue_job WHERE id = ?`, [id]);
      return { changes, now: row?.['status'] as JobStatus | undefined };
    });
  }

  async job(id: string): Promise<Job | undefined> {
    const [row] = await this.#all(JOB, [id]);
    if (row === undefined) return undefined;
    return {
      id: String(row['id']),
      payload: String(row['payload']),
      status: row['status'] as JobStatus,
      priority: Number(row['priority']),
      attempts: Number(row['attempts']),
      waitsFor: JSON.parse(String(row['waits_for'])) as string[],
      reason: row['reason'] as string | null,
    };
  }

  async counts(): Promise<Record<JobStatus, number>> {
    const counts = { pending: 0, submitting: 0, submitted: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const row of await this.#all(`SELECT status, count(*) AS jobs FROM queue_job GROUP BY status`, [])) {
      counts[row['status'] as JobStatus] = Number(row['jobs']);
    }
    return counts;
  }

  async setPaused(paused: boolean): Promise<void> {
    await patiently(() => this.#session.run(`UPDATE queue_state SET paused = ?`, [paused ? 1 : 0]));
  }

  async paused(): Promise<boolean> {
    return Number((await this.#all(`SELECT paused FROM queue_state`, []))[0]?.['paused']) === 1;
  }

  /**
   * Forgets jobs that ended at `before` (ms of the wall clock) or earlier. Who waits for one of them waits for it no
   * longer; that is right because it has completed: had it not, who waited would have been cancelled with it.
   */
  purge(before: number): Promise<number> {
    return this.#transaction(async (tx) => {
      const ids = (await tx.all(PURGEABLE, [before])).map((row) => row['id']!);
      if (ids.length === 0) return 0;
      const list = JSON.stringify(ids);
      const purged = `IN (SELECT value FROM json_each(?))`;
      await tx.run(`DELETE FROM queue_dependency WHERE job ${purged} OR depends_on ${purged}`, [list, list]);
      await tx.run(`DELETE FROM queue_job WHERE id ${purged}`, [list]);
      return ids.length;
    });
  }

  #all(sql: string, params: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return patiently(() => this.#session.all(sql, params));
  }

  #transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    return patiently(() => this.#session.transaction(work));
  }
}

function isSame({ id, payload }: CheckedSpec, row: SqlRow | undefined): boolean {
  if (row === undefined) return false;
  if (row['payload'] === payload) return true;
  throw new QueueError('id-taken', {
    expected: `a new job, or job ${JSON.stringify(id)} with the payload that it has`,
    received: 'another payload',
    nextStep: 'give the job an id of its own',
  });
}

function requireLiving(id: string, dependsOn: string, row: SqlRow | undefined): void {
  const expected = `what job ${JSON.stringify(id)} depends on to be in the queue`;
  if (row === undefined) {
    throw new QueueError('unknown-dependency', {
      expected,
      received: `no job ${JSON.stringify(dependsOn)}`,
      nextStep: 'enqueue it first, or leave it out if it has completed and was purged',
    });
  }
  if (row['status'] !== 'failed' && row['status'] !== 'cancelled') return;
  throw new QueueError('dependency-ended', {
    expected,
    received: `job ${JSON.stringify(dependsOn)}, which is ${row['status']}`,
    nextStep: 'enqueue what it depends on under a new id',
  });
}

export function unknownJob(id: string): QueueError {
  return new QueueError('unknown-job', {
    expected: 'a job of this queue',
    received: JSON.stringify(id),
    nextStep: 'enqueue it first; jobs that have ended may have been purged',
  });
}

function alreadyStarted(id: string, status: string): QueueError {
  return new QueueError('already-started', {
    expected: `job ${JSON.stringify(id)} to be pending`,
    received: status,
    nextStep: 'give dependencies when the job is enqueued, or while the queue is paused',
  });
}
