/**
 * Seed 003, C3: the migration before the documented fix.
 *
 * The document prints one method with two tables and "(...)" for their columns. Lines without a mark are the document's
 * own, with the script as a parameter, so that one body drives all subjects. Lines marked `completed` stand where the
 * document shows nothing.
 */
import { atLeast, type PythonConnection } from './python-connection.ts';

export class Database {
  readonly #connection: PythonConnection; // completed

  // completed
  constructor(connection: PythonConnection) {
    this.#connection = connection; // completed
  }

  // completed: somebody asks whether the migration is needed, before it begins.
  async migrate(script: string, version: number): Promise<boolean> {
    const rows = await this.#connection.execute('SELECT MAX(version) AS version FROM schema_version'); // completed
    if (atLeast(rows[0]?.['version'] ?? 0, version)) return false; // completed
    await this.migrateAddWorkflows(script, version); // completed
    return true; // completed
  }

  async migrateAddWorkflows(script: string, version: number): Promise<void> {
    await this.#connection.with(async () => {
      await this.#connection.executescript(script);
      await this.#connection.execute('INSERT INTO schema_version (version) VALUES (?)', [version]); // completed: the row
    });
  }
}
