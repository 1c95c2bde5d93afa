import type { Chooser } from '../../kernel/choice.ts';
import { World } from '../../kernel/world.ts';
import { Disk, type DiskHost } from '../disk/disk.ts';
import { Client } from './client.ts';
import { Handle } from './handle.ts';
import type { SqliteRow, SqliteValue, StatementResult } from './statement.ts';

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
  return using(disk.twin(), file, (handle) => executed(handle, sql, params).rows);
}

/** An idle machine: where nothing is to be chosen. */
const idle: Chooser = { delays: false, event: () => 0, delay: () => 0, fault: () => 0, draw: () => 0 };

/**
 * The bytes of a database file that `script` makes, for the `files` of a disk: what was there before a run began. To be
 * called while a scenario is loaded, not within runs.
 *
 * @throws SqliteError when a statement fails.
 */
export function sqliteFile(script: string): Uint8Array {
  const host: DiskHost = { world: new World({ chooser: idle }), work: () => undefined };
  const disk = new Disk('new', host);
  using(disk, FILE, (handle) => {
    let rest = script;
    while (rest.trim() !== '') rest = executed(handle, rest, [], 'first').tail;
    handle.close();
  });
  return disk.image().get(FILE) ?? new Uint8Array(0);
}

const FILE = 'file';

function using<T>(disk: Disk, file: string, use: (handle: Handle) => T): T {
  const handle = new Handle(new Client(disk, { alive: true, mayCrash: null, kill: null }), file);
  try {
    handle.open();
    return use(handle);
  } finally {
    handle.bury();
  }
}

function executed(
  handle: Handle,
  sql: string,
  params: readonly SqliteValue[],
  part: 'whole' | 'first' = 'whole',
): StatementResult {
  const outcome = handle.execute(sql, params, part);
  if (outcome.kind === 'failed') throw outcome.error;
  if (outcome.kind === 'died') throw new Error('nobody can die here');
  return outcome.value;
}
