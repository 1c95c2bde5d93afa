import { Disk } from '../disk/disk.ts';
import { Client } from './client.ts';
import { Handle } from './handle.ts';
import type { SqliteRow, SqliteValue } from './statement.ts';

/**
 * What a process that opened the database now, after a crash of all others, would read: asks a copy of the disk, so
 * that nothing is touched and nobody's lock is in the way. Synchronous, for invariants and for the end of a body.
 *
 * @throws SqliteError when the statement fails, above all when the file is corrupt.
 */
export function inspectSqlite(
  disk: Disk,
  file: string,
  sql: string,
  params: readonly SqliteValue[] = [],
): readonly SqliteRow[] {
  const copy = new Disk(`copy of ${disk.name}`, disk.host, { files: Object.fromEntries(disk.image()) });
  const handle = new Handle(new Client(copy, { alive: true, mayCrash: null, kill: null }), file);
  try {
    handle.open();
    const outcome = handle.execute(sql, params, 'whole');
    if (outcome.kind === 'failed') throw outcome.error;
    return outcome.kind === 'done' ? outcome.value.rows : [];
  } finally {
    handle.bury();
  }
}
