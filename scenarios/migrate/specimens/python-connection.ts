import type { SqliteRow, SqliteValue } from 'heddle/sqlite';
import type { Connection } from './connection.ts';

/**
 * `sqlite3.Connection` of Python's standard library, as far as the document uses it, with the default isolation level:
 * `execute` begins a transaction before a statement that changes rows if none is open, `executescript` commits one that
 * is open and then runs statement after statement, each committed by itself.
 * (docs.python.org/3/library/sqlite3.html#sqlite3-controlling-transactions)
 */
export class PythonConnection {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async execute(sql: string, params: readonly SqliteValue[] = []): Promise<readonly SqliteRow[]> {
    const changesRows = /^\s*(insert|update|delete|replace)\b/i.test(sql);
    if (changesRows && !this.#connection.inTransaction) await this.#connection.run('BEGIN');
    return this.#connection.all(sql, params);
  }

  async executescript(script: string): Promise<void> {
    await this.commit();
    let rest = script;
    while (rest.trim() !== '') rest = await this.#connection.execFirst(rest);
  }

  async commit(): Promise<void> {
    if (this.#connection.inTransaction) await this.#connection.run('COMMIT');
  }

  async rollback(): Promise<void> {
    if (this.#connection.inTransaction) await this.#connection.run('ROLLBACK');
  }

  /** `with connection:` commits what the block did, or rolls it back if it raises. */
  async with(block: () => Promise<void>): Promise<void> {
    try {
      await block();
    } catch (error) {
      await this.rollback();
      throw error;
    }
    await this.commit();
  }
}

/** `value >= number`, which in Python raises an error unless both are numbers. */
export function atLeast(value: SqliteValue, number: number): boolean {
  if (typeof value !== 'number') throw new TypeError(`'>=' not supported between ${typeof value} and number`);
  return value >= number;
}

/** Milliseconds for which Python's connections wait for a lock, unless told otherwise: `sqlite3.connect(timeout=5.0)`. */
export const PYTHON_TIMEOUT = 5000;
