// A real SQLite in memory, and connections that fail where a test wants it.

import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import {
  sqliteDatabase,
  SqlError,
  type SqlDatabase,
  type SqlRow,
  type SqlValue,
} from '../../../src/systems/sql/index.ts';

const sqlite3 = await sqlite3InitModule();
// It warns of errors, which its callers handle.
Object.assign(Reflect.get(sqlite3, 'config') as object, { warn: () => undefined });

/** A new, empty database. */
export function memorySqlite(): SqlDatabase {
  const db = new sqlite3.oo1.DB(':memory:');
  const bound = (params: SqlValue[]): { bind?: SqlValue[] } => (params.length === 0 ? {} : { bind: params });
  return sqliteDatabase({
    prepare: (sql) => ({
      run: (...params) => {
        db.exec({ sql, ...bound(params) });
        return { changes: db.changes() };
      },
      all: (...params) => db.exec({ sql, ...bound(params), rowMode: 'object', returnValue: 'resultRows' }),
    }),
    close: () => {
      db.close();
    },
  });
}

export type Failure = 'refused' | 'answer lost';

/** Passes statements on; `failure` says which of them fail, counted from 1, and how. */
export class Flaky implements SqlDatabase {
  statements = 0;
  closed = false;
  readonly #database: SqlDatabase;
  failure: (statement: number, sql: string) => Failure | undefined;

  constructor(
    database: SqlDatabase,
    failure: (statement: number, sql: string) => Failure | undefined = () => undefined,
  ) {
    this.#database = database;
    this.failure = failure;
  }

  async #perform<T>(sql: string, perform: () => Promise<T>): Promise<T> {
    this.statements += 1;
    const failure = this.failure(this.statements, sql);
    if (failure === 'refused') throw new SqlError('full', 'database or disk is full');
    const value = await perform();
    if (failure === 'answer lost') throw new SqlError('io', 'disk I/O error');
    return value;
  }

  run(sql: string, params?: readonly SqlValue[]): Promise<{ readonly changes: number }> {
    return this.#perform(sql, () => this.#database.run(sql, params));
  }

  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#perform(sql, () => this.#database.all(sql, params));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.#database.close();
  }
}
