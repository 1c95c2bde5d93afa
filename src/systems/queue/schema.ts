import { PLACES_PER_PRIORITY } from './job.ts';

/**
 * Where a job stands in the line. It depends on nothing that changes with time, so no clock can be wrong about it, and
 * every new job stands behind all but finitely many: none waits for ever.
 */
export const PLACE: string = `seq - priority * ${String(PLACES_PER_PRIORITY)}`;

/**
 * `owner` is whoever has begun the job's latest attempt and not ended it: null when none is under way. `owner` and
 * `attempts` together name one attempt: whoever ends it names both, and ends nobody else's.
 *
 * A dependency is kept until one of the two jobs is purged. It is what `queue_job` says of it: no counter can drift.
 */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS queue_job (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     payload TEXT NOT NULL,
     priority INTEGER NOT NULL,
     status TEXT NOT NULL DEFAULT 'pending',
     attempts INTEGER NOT NULL DEFAULT 0,
     owner TEXT,
     cancel_asked INTEGER NOT NULL DEFAULT 0,
     reason TEXT,
     finished_at INTEGER
   )`,
  `CREATE INDEX IF NOT EXISTS queue_job_line ON queue_job (status, ${PLACE}, seq)`,
  `CREATE INDEX IF NOT EXISTS queue_job_owned ON queue_job (owner) WHERE owner IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS queue_dependency (
     job TEXT NOT NULL,
     depends_on TEXT NOT NULL,
     PRIMARY KEY (job, depends_on)
   ) WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS queue_dependency_reverse ON queue_dependency (depends_on, job)`,
  `CREATE TABLE IF NOT EXISTS queue_state (only INTEGER PRIMARY KEY CHECK (only = 1), paused INTEGER NOT NULL)`,
  `INSERT OR IGNORE INTO queue_state (only, paused) VALUES (1, 0)`,
];
