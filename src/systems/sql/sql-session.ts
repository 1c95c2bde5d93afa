import { Mutex } from '../lock/mutex.ts';
import type { SqlDatabase, SqlRow, SqlValue } from './database.ts';

/** What a transaction's work may do: statements only; beginning and ending are the session's. */
export type SqlTransaction = Pick<SqlDatabase, 'run' | 'all'>;

/**
 * One connection shared by many callers: statements and transactions take turns, so that nobody's statement slips
 * into somebody else's transaction.
 *
 * @example
 * const session = new SqlSession(database);
 * await session.transaction(async (tx) => {
 *   await tx.run('UPDATE account SET balance = balance - ? WHERE id = ?', [5, 'a']);
 *   await tx.run('UPDATE account SET balance = balance + ? WHERE id = ?', [5, 'b']);
 * });
 */
export class SqlSession implements SqlDatabase {
  readonly #database: SqlDatabase;
  readonly #turns = new Mutex();

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  run(sql: string, params?: readonly SqlValue[]): Promise<{ readonly changes: number }> {
    return this.#turns.runExclusive(() => this.#database.run(sql, params));
  }

  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#turns.runExclusive(() => this.#database.all(sql, params));
  }

  /**
   * Runs `work` in a transaction that takes the write lock at once (`BEGIN IMMEDIATE`: a deferred one that reads first
   * and writes later can be refused in the middle). Commits when `work` resolves; rolls back when it rejects, and
   * rejects with its error, whatever the rollback says. `work` must use what it is given, not the session: that would
   * wait for itself.
   */
  transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    return this.#turns.runExclusive(async () => {
      const database = this.#database;
      await database.run('BEGIN IMMEDIATE');
      try {
        const value = await work(database);
        await database.run('COMMIT');
        return value;
      } catch (error) {
        // SQLite has rolled back by itself after some errors (full, I/O): a second ROLLBACK says so, and is no news.
        await database.run('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#turns.runExclusive(() => this.#database.close());
  }
}
