import { createHash } from 'node:crypto';
import type { Disk, Sim } from 'heddle';
import { inspectSqlite, sqliteFile, type SqliteRow } from 'heddle/sqlite';
import type { Step } from './connection.ts';

export const FILE = 'app.db';

/** How the scenarios open the file, so that what was acknowledged survives. */
export type Journal = 'delete' | 'wal';
export const SYNCHRONOUS = { delete: 'extra', wal: 'full' } as const;

const JOBS = 'CREATE TABLE jobs (id INTEGER PRIMARY KEY, name TEXT NOT NULL)';
const WORKFLOWS = 'CREATE TABLE workflows (id INTEGER PRIMARY KEY, name TEXT NOT NULL)';
const WORKFLOW_JOBS = 'CREATE TABLE workflow_jobs (workflow_id INTEGER NOT NULL, job_id INTEGER NOT NULL UNIQUE)';
const BY_NAME = 'CREATE INDEX jobs_by_name ON jobs (name)';

/** Version 1: a table with two rows. */
export const toVersion1: Step = {
  name: 'jobs',
  script: `${JOBS}; INSERT INTO jobs (name) VALUES ('relax'), ('bands');`,
};

/** Version 2: tables, a column, an index, and rows changed: no part of it may be there alone. */
export const toVersion2: Step = {
  name: 'workflows',
  script: `
    ${WORKFLOWS};
    ${WORKFLOW_JOBS};
    ALTER TABLE jobs ADD COLUMN workflow_id INTEGER;
    ${BY_NAME};
    UPDATE jobs SET workflow_id = 1;
  `,
};

/** What each version consists of, for `noPartialMigration`. */
export const versions: Readonly<Record<number, readonly string[]>> = {
  1: [JOBS, '{"id":1,"name":"relax"}', '{"id":2,"name":"bands"}'],
  2: [
    `${JOBS.slice(0, -1)}, workflow_id INTEGER)`,
    WORKFLOWS,
    WORKFLOW_JOBS,
    BY_NAME,
    '{"id":1,"name":"relax","workflow_id":1}',
    '{"id":2,"name":"bands","workflow_id":1}',
  ],
};

/** A shorter way to a version 2, where the number of orders counts. */
export const toShortVersion2: Step = { name: 'workflows', script: `${WORKFLOWS}; DELETE FROM jobs WHERE id = 1;` };

export const shortVersions: Readonly<Record<number, readonly string[]>> = {
  1: versions[1]!,
  2: [JOBS, WORKFLOWS, '{"id":2,"name":"bands"}'],
};

const checksum = createHash('sha256').update(toVersion1.script).digest('hex');
const PLAIN_TABLE = 'CREATE TABLE schema_version (version INTEGER); INSERT INTO schema_version VALUES (1);';
const OUR_TABLE = `
  CREATE TABLE schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL);
  INSERT INTO schema_version VALUES (1, '${toVersion1.name}', '${checksum}');
`;

function atVersion1(versionTable: string): Readonly<Record<Journal, Uint8Array>> {
  const file = (journal: Journal): Uint8Array =>
    sqliteFile(`PRAGMA journal_mode = ${journal}; ${toVersion1.script} ${versionTable}`);
  return { delete: file('delete'), wal: file('wal') };
}

/** A database of version 1, as the specimens keep their version, and as ours does. */
export const plainVersion1: Readonly<Record<Journal, Uint8Array>> = atVersion1(PLAIN_TABLE);
export const ourVersion1: Readonly<Record<Journal, Uint8Array>> = atVersion1(OUR_TABLE);

/** Looks at what is on the disk, and tells it. */
export function look(sim: Sim, disk: Disk): void {
  const ask = (sql: string): readonly SqliteRow[] => inspectSqlite(disk, FILE, sql);
  try {
    const check = ask('PRAGMA integrity_check').map((row) => String(row['integrity_check']));
    if (check.join() !== 'ok') throw new Error(check.join());
    const objects = ask("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name <> 'schema_version'");
    const rows = ask('SELECT * FROM jobs ORDER BY id').map((row) => JSON.stringify(row));
    const [version] = ask('SELECT MAX(version) AS version FROM schema_version');
    sim.tell('schema', { schema: [...objects.map(({ sql }) => String(sql)), ...rows], version: version?.['version'] });
  } catch (error) {
    sim.tell('corrupt', String(error));
  }
}
