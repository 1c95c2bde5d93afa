/** A value that a statement can be given, and that a row can hold. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** One row, by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * One connection to an SQL database, as the systems here need it: small enough that any driver serves
 * (better-sqlite3, node:sqlite, a remote one). Each call is one statement. Statements of one connection run in the
 * order of their calls; a transaction is everything between `BEGIN` and `COMMIT` on the connection, whoever asks:
 * see {@link SqlSession} for taking turns.
 *
 * Everything rejects with {@link SqlError}.
 */
export interface SqlDatabase {
  /** Executes one statement; resolves with the number of rows that it changed. */
  run(sql: string, params?: readonly SqlValue[]): Promise<{ readonly changes: number }>;
  /** Executes one statement and resolves with its rows. */
  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Gives the connection back; an open transaction is rolled back. */
  close(): Promise<void>;
}
