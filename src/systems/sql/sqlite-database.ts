import type { SqlDatabase, SqlRow, SqlValue } from './database.ts';
import { SqlError, type SqlErrorCode } from './sql-error.ts';

/** A prepared statement of a synchronous driver. */
export interface SqliteStatement {
  /** better-sqlite3: whether it returns rows; it must then be asked with `all`, and otherwise not. */
  readonly reader?: boolean;
  run(...params: SqlValue[]): { readonly changes: number | bigint };
  all(...params: SqlValue[]): readonly unknown[];
}

/** What a synchronous driver for SQLite offers: `Database` of better-sqlite3, `DatabaseSync` of node:sqlite. */
export interface SynchronousSqlite {
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** What a driver offers whose calls return promises, one statement a call. */
export interface AsynchronousSqlite {
  run(sql: string, params?: readonly SqlValue[]): Promise<{ readonly changes: number }>;
  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  close(): Promise<void>;
}

/** Primary result codes of SQLite (sqlite.org/rescode.html) and what they are called here. */
const CODES: Readonly<Record<number, SqlErrorCode>> = {
  5: 'busy',
  6: 'busy',
  8: 'io',
  10: 'io',
  11: 'corrupt',
  13: 'full',
  14: 'io',
  19: 'constraint',
  20: 'invalid-argument',
  21: 'closed',
  25: 'invalid-argument',
  26: 'corrupt',
};

/** The same by name, for drivers that give names only. */
const NAMES: readonly (readonly [RegExp, SqlErrorCode])[] = [
  [/^SQLITE_BUSY_SNAPSHOT/, 'serialization'],
  [/^SQLITE_(BUSY|LOCKED)/, 'busy'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'corrupt'],
  [/^SQLITE_FULL/, 'full'],
  [/^SQLITE_(IOERR|CANTOPEN|READONLY)/, 'io'],
  [/^SQLITE_CONSTRAINT/, 'constraint'],
  [/^SQLITE_MISUSE/, 'closed'],
];

/** `SQLITE_BUSY_SNAPSHOT`: what the transaction has read is no longer the newest state, so it can never write. */
const BUSY_SNAPSHOT = 517;

/**
 * Makes an {@link SqlDatabase} of a driver for SQLite: synchronous ones (better-sqlite3, node:sqlite) and those whose
 * `run` and `all` return promises. Errors become {@link SqlError}, the driver's own is the `cause`.
 *
 * Switch the driver's own waiting for locks off (`timeout: 0`, `PRAGMA busy_timeout = 0`) where it would block the
 * event loop, and wait on timers instead, as the systems here do.
 *
 * @example
 * ```ts
 * import { sqliteDatabase, type SqlDatabase, type SynchronousSqlite } from 'heddle/systems';
 *
 * // import { DatabaseSync } from 'node:sqlite';
 * // const database = open(new DatabaseSync('app.db'));
 * export function open(driver: SynchronousSqlite): SqlDatabase {
 *   return sqliteDatabase(driver);
 * }
 * ```
 */
export function sqliteDatabase(driver: SynchronousSqlite | AsynchronousSqlite): SqlDatabase {
  return 'prepare' in driver ? new SynchronousDatabase(driver) : new AsynchronousDatabase(driver);
}

class SynchronousDatabase implements SqlDatabase {
  readonly #driver: SynchronousSqlite;

  constructor(driver: SynchronousSqlite) {
    this.#driver = driver;
  }

  run(sql: string, params: readonly SqlValue[] = []): Promise<{ readonly changes: number }> {
    return translated(() => {
      const statement = this.#driver.prepare(sql);
      if (statement.reader !== true) return { changes: Number(statement.run(...params).changes) };
      statement.all(...params);
      return { changes: 0 };
    });
  }

  all(sql: string, params: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return translated(() => {
      const statement = this.#driver.prepare(sql);
      if (statement.reader !== false) return statement.all(...params) as readonly SqlRow[];
      statement.run(...params);
      return [];
    });
  }

  close(): Promise<void> {
    return translated(() => {
      this.#driver.close();
    });
  }
}

class AsynchronousDatabase implements SqlDatabase {
  readonly #driver: AsynchronousSqlite;

  constructor(driver: AsynchronousSqlite) {
    this.#driver = driver;
  }

  run(sql: string, params: readonly SqlValue[] = []): Promise<{ readonly changes: number }> {
    return translated(() => this.#driver.run(sql, params));
  }

  all(sql: string, params: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return translated(() => this.#driver.all(sql, params));
  }

  close(): Promise<void> {
    return translated(() => this.#driver.close());
  }
}

async function translated<T>(call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw sqlErrorOf(error);
  }
}

function sqlErrorOf(error: unknown): SqlError {
  if (error instanceof SqlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SqlError(codeOf(error), message, { cause: error });
}

function codeOf(error: unknown): SqlErrorCode {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  if (typeof errcode === 'number') {
    return errcode === BUSY_SNAPSHOT ? 'serialization' : (CODES[errcode & 0xff] ?? 'statement');
  }
  const named = NAMES.find(([name]) => name.test(String(code)));
  if (named !== undefined) return named[1];
  if (/is not open/.test(error instanceof Error ? error.message : '')) return 'closed';
  // What a driver itself refuses: values that do not fit the statement.
  return error instanceof TypeError || error instanceof RangeError ? 'invalid-argument' : 'statement';
}
