import { SqliteError } from 'heddle/sqlite';
import type { Connection } from './connection.ts';

const SQLITE_INTERRUPT = 9;

/** A connection whose `n`-th statement fails without effect, as one that was interrupted; 0 for none. */
export function failing(connection: Connection, n: number): Connection {
  let count = 0;
  const next = (): void => {
    count += 1;
    if (count === n) throw new SqliteError(SQLITE_INTERRUPT, `interrupted statement ${String(n)}`);
  };
  return {
    get inTransaction() {
      return connection.inTransaction;
    },
    run: async (sql, params) => {
      next();
      return connection.run(sql, params);
    },
    all: async (sql, params) => {
      next();
      return connection.all(sql, params);
    },
    execFirst: async (script) => {
      next();
      return connection.execFirst(script);
    },
    close: () => connection.close(),
  };
}

/** Keeps the message of the first error that a connection gave. */
export class FirstError {
  message: string | null = null;

  watching(connection: Connection): Connection {
    const watched = async <T>(result: Promise<T>): Promise<T> => {
      try {
        return await result;
      } catch (error) {
        this.message ??= error instanceof Error ? error.message : String(error);
        throw error;
      }
    };
    return {
      get inTransaction() {
        return connection.inTransaction;
      },
      run: (sql, params) => watched(connection.run(sql, params)),
      all: (sql, params) => watched(connection.all(sql, params)),
      execFirst: (script) => watched(connection.execFirst(script)),
      close: () => connection.close(),
    };
  }
}
