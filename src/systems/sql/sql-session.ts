import { Mutex } from '../lock/mutex.ts';
import type { SqlDatabase, SqlRow, SqlValue } from './database.ts';
import { SqlError } from './sql-error.ts';

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
  /** A transaction may be open on the connection that nobody has the turn of. */
  #perhapsOpen = false;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  run(sql: string, params?: readonly SqlValue[]): Promise<{ readonly changes: number }> {
    return this.#exclusively(() => this.#database.run(sql, params));
  }

  all(sql: string, params?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#exclusively(() => this.#database.all(sql, params));
  }

  /**
   * Runs `work` in a transaction that takes the write lock at once (`BEGIN IMMEDIATE`: a deferred one that reads first
   * and writes later can be refused in the middle). Commits when `work` resolves; rolls back when it rejects, and
   * rejects with its error, whatever the rollback says. `work` must use what it is given, not the session: that would
   * wait for itself.
   */
  transaction<T>(work: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    return this.#exclusively(async () => {
      const database = this.#database;
      await this.#begin();
      try {
        const value = await work(database);
        await database.run('COMMIT');
        return value;
      } catch (error) {
        // The first error is the news. What the rollback says is heard by whoever has the next turn.
        await this.#rollBack();
        throw error;
      }
    });
  }

  async #begin(): Promise<void> {
    try {
      await this.#database.run('BEGIN IMMEDIATE');
    } catch (error) {
      this.#perhapsOpen = !isAnswer(error);
      throw error;
    }
  }

  /**
   * Whoever has the turn must not begin in the transaction of somebody else: what is acknowledged there can be undone.
   * That one is open still when a remote database was not heard, or its answer was lost.
   */
  #exclusively<T>(statements: () => Promise<T>): Promise<T> {
    return this.#turns.runExclusive(async () => {
      if (this.#perhapsOpen) {
        const unheard = await this.#rollBack();
        if (unheard !== null) throw unheard;
      }
      return statements();
    });
  }

  /**
   * Null when no transaction is open any more; else why nobody knows. A refusal is an answer: SQLite has ended some by
   * itself.
   */
  async #rollBack(): Promise<Error | null> {
    try {
      await this.#database.run('ROLLBACK');
    } catch (error) {
      this.#perhapsOpen = !isAnswer(error);
      if (this.#perhapsOpen) return error as Error;
    }
    this.#perhapsOpen = false;
    return null;
  }

  close(): Promise<void> {
    return this.#turns.runExclusive(() => this.#database.close());
  }
}

/** Whether the database has heard the statement and refused it; otherwise nobody knows what became of it. */
function isAnswer(error: unknown): boolean {
  return error instanceof SqlError && ['statement', 'busy', 'serialization'].includes(error.code);
}
