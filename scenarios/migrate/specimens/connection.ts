import type { SqliteRow, SqliteValue } from 'heddle/sqlite';

/** A connection to SQLite as the migrators here use it: what `openSqlite` gives, or something in front of it. */
export interface Connection {
  readonly inTransaction: boolean;
  run(sql: string, params?: readonly SqliteValue[]): Promise<{ readonly changes: number }>;
  all(sql: string, params?: readonly SqliteValue[]): Promise<readonly SqliteRow[]>;
  /** Executes the first statement of a script and resolves with what follows it. */
  execFirst(script: string): Promise<string>;
  close(): Promise<void>;
}

/** One step from a version of the schema to the next. */
export interface Step {
  readonly name: string;
  readonly script: string;
}
