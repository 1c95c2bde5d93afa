export type { SqlDatabase, SqlRow, SqlValue } from './database.ts';
export { SqlError, type SqlErrorCode } from './sql-error.ts';
export { SqlSession, type SqlTransaction } from './sql-session.ts';
export {
  sqliteDatabase,
  type AsynchronousSqlite,
  type SqliteStatement,
  type SynchronousSqlite,
} from './sqlite-database.ts';
