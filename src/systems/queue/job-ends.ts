import type { SqlRow, SqlTransaction } from '../sql/index.ts';
import type { JobStatus } from './job.ts';
import type { JobChange } from './queue-events.ts';

/** Statuses after which nothing happens to a job any more, as SQL. */
export const FINAL = `('completed', 'failed', 'cancelled')`;

const CANCEL_DEPENDANTS = `
  WITH RECURSIVE doomed (id) AS (
    SELECT job FROM queue_dependency WHERE depends_on = ?
    UNION
    SELECT job FROM queue_dependency JOIN doomed ON depends_on = doomed.id
  )
  UPDATE queue_job SET status = 'cancelled', reason = ?, finished_at = ?
  WHERE status = 'pending' AND id IN (SELECT id FROM doomed)
  RETURNING id, status`;

/**
 * The changes that an UPDATE … RETURNING id, status has made to a job, and what its end means to those that wait for it,
 * in the same transaction: if it has not completed they never can start, and must not wait for ever, so they are
 * cancelled, and so are those that wait for them.
 */
export async function ended(tx: SqlTransaction, [row]: readonly SqlRow[]): Promise<readonly JobChange[]> {
  if (row === undefined) return [];
  const { id, status } = changeOf(row);
  // It stays as it is: an attempt has ended without an answer, or a cancellation has to wait for its end.
  if (status === 'submitting') return [];
  if (status !== 'failed' && status !== 'cancelled') return [{ id, status }];
  const why = status === 'failed' ? 'has failed' : 'was cancelled';
  const reason = `it depends on ${JSON.stringify(id)}, which ${why}`;
  const dependants = await tx.all(CANCEL_DEPENDANTS, [id, reason, Date.now()]);
  return [{ id, status }, ...dependants.map(changeOf)];
}

function changeOf(row: SqlRow): JobChange {
  return { id: String(row['id']), status: row['status'] as JobStatus };
}
