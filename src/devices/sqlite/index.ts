/**
 * A real SQLite on simulated disks: `heddle/sqlite`. Importing it loads SQLite's WebAssembly build, which takes about
 * 30 ms; whatever does not import it does not pay.
 */
export { openSqlite, type SqliteConnection, type SqliteOptions } from './connection.ts';
export { inspectSqlite, sqliteFile } from './inspect.ts';
export { SqliteError } from './sqlite-error.ts';
export type { SqliteRow, SqliteValue } from './statement.ts';
