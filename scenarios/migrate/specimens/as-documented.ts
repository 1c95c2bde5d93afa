/**
 * Seed 003, C3: the migration after the documented fix.
 *
 * `_initializeSchema` is the document's own line by line; the document says that `_migrate_v1_to_v2` got the same. Lines
 * marked `completed` stand where the document shows nothing: who calls it.
 */
import { atLeast, type PythonConnection } from './python-connection.ts';

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export class Database {
  readonly #connection: PythonConnection; // completed

  // completed
  constructor(connection: PythonConnection) {
    this.#connection = connection; // completed
  }

  // completed: somebody asks whether the migration is needed, before it begins.
  async migrate(schema: string, version: number): Promise<boolean> {
    const rows = await this.#connection.execute('SELECT MAX(version) AS version FROM schema_version'); // completed
    if (atLeast(rows[0]?.['version'] ?? 0, version)) return false; // completed
    await this._initializeSchema(this.#connection, schema, version); // completed
    return true; // completed
  }

  async _initializeSchema(conn: PythonConnection, schema: string, version: number): Promise<void> {
    await conn.execute('BEGIN TRANSACTION');
    try {
      // Split and execute each statement individually
      const statements = schema
        .split(';')
        .map((stmt) => stmt.trim())
        .filter((stmt) => stmt !== '');
      for (const stmt of statements) {
        await conn.execute(stmt);
      }

      // Insert schema version
      await conn.execute('INSERT INTO schema_version (version) VALUES (?)', [version]);

      // Commit if all succeeded
      await conn.execute('COMMIT');
    } catch (e) {
      // Rollback on any error
      await conn.execute('ROLLBACK');
      throw new MigrationError(`Failed to initialize schema: ${String(e)}`, { cause: e });
    }
  }
}
