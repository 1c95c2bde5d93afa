import type { SqlRow } from '../sql/database.ts';
import type { SqlTransaction } from '../sql/sql-session.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { PreparedMigration } from './migration.ts';
import { MigrationError } from './migration-error.ts';

/**
 * The table that says which migrations were applied: a row for each, written in the transaction of the migration. The
 * schema's version is the number of rows.
 */
export class VersionTable {
  readonly #name: string;
  readonly #migrations: readonly PreparedMigration[];
  readonly #baseline: number | null;

  /** @param baseline the version of a database that has tables but no version table; null: there must be none. */
  constructor(name: string, migrations: readonly PreparedMigration[], baseline: number | null) {
    this.#name = name;
    this.#migrations = migrations;
    this.#baseline = baseline;
  }

  /** The version of the schema; to be asked within the transaction that acts on the answer. */
  async version(tx: SqlTransaction): Promise<number> {
    const tables = await tx.all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'",
    );
    const names = tables.map(({ name }) => String(name));
    if (names.includes(this.#name)) return this.#check(await this.#rows(tx));
    if (names.length === 0) return 0;
    if (this.#baseline !== null) return this.#baseline;
    throw new MigrationError('unversioned', {
      expected: `an empty database, or one with the table ${this.#name}`,
      received: `a database with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''} and no ${this.#name}`,
      nextStep: 'if the tables are those of a known version, give it as `baseline`',
    });
  }

  /** Notes within the transaction that `migration` was applied on a schema of version `from`. */
  async applied(tx: SqlTransaction, migration: PreparedMigration, from: number): Promise<void> {
    await tx.run(
      `CREATE TABLE IF NOT EXISTS ${this.#quoted} (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)`,
    );
    // A database that was adopted gets the rows of what it is said to have.
    const first = (await tx.all(`SELECT 1 FROM ${this.#quoted} LIMIT 1`)).length === 0 ? 0 : from;
    for (const each of [...this.#migrations.slice(first, from), migration]) {
      await tx.run(`INSERT INTO ${this.#quoted} (version, name, checksum) VALUES (?, ?, ?)`, [
        each.version,
        each.name,
        each.checksum,
      ]);
    }
  }

  get #quoted(): string {
    return `"${this.#name.replaceAll('"', '""')}"`;
  }

  async #rows(tx: SqlTransaction): Promise<readonly SqlRow[]> {
    try {
      return await tx.all(`SELECT version, name, checksum FROM ${this.#quoted} ORDER BY version`);
    } catch (error) {
      if (!(error instanceof SqlError) || error.code !== 'statement') throw error;
      throw this.#damaged('the columns version, name and checksum', error.message, error);
    }
  }

  #check(rows: readonly SqlRow[]): number {
    rows.forEach(({ version, name, checksum }, i) => {
      if (version !== i + 1) {
        throw this.#damaged(
          `row ${String(i + 1)} to be version ${String(i + 1)}`,
          `version ${JSON.stringify(version)}`,
        );
      }
      const migration = this.#migrations[i];
      if (migration === undefined || (migration.name === name && migration.checksum === checksum)) return;
      throw new MigrationError('changed', {
        expected: `migration ${String(version)} to be ${String(name)} as it was applied`,
        received: migration.name === name ? 'another script of that name' : migration.name,
        nextStep: 'put the applied migration back, and write the change as a new one after the last',
        migration: migration.name,
      });
    });
    if (rows.length > this.#migrations.length) {
      throw new MigrationError('newer', {
        expected: `version ${String(this.#migrations.length)} at most`,
        received: `version ${String(rows.length)}, up to ${String(rows.at(-1)!['name'])}`,
        nextStep: 'run the program that the schema was made for, or a later one',
      });
    }
    if (rows.length === 0) throw this.#damaged('a row for every migration', 'none');
    return rows.length;
  }

  #damaged(expected: string, received: string, cause?: unknown): MigrationError {
    return new MigrationError('version-table', {
      expected: `table ${this.#name} to have ${expected}`,
      received,
      nextStep: 'restore the table from a backup; nothing was changed',
      cause,
    });
  }
}
