import { setTimeout as sleep } from 'node:timers/promises';
import { Mutex } from '../lock/mutex.ts';
import type { SqlDatabase } from '../sql/database.ts';
import { SqlError } from '../sql/sql-error.ts';
import { prepare, type Migration, type PreparedMigration } from './migration.ts';
import { MigrationError } from './migration-error.ts';
import { VersionTable } from './version-table.ts';

export interface MigratorOptions {
  /** The table that says which migrations were applied. Default `schema_version`. */
  readonly table?: string;
  /** How long to wait for others who hold the database, ms. Default 10,000. */
  readonly waitMs?: number;
  /** The version of a database that has tables but no version table yet. Default: such a database is refused. */
  readonly baseline?: number;
}

/** What a run of the migrator did: `from === to` when there was nothing to do. */
export interface MigrationResult {
  readonly from: number;
  readonly to: number;
  /** Names of the migrations that this run applied. */
  readonly applied: readonly string[];
}

const FIRST_DELAY_MS = 5;
const LONGEST_DELAY_MS = 250;

/**
 * Brings the schema of an SQLite database to its newest version.
 *
 * Every migration is one transaction with its version row in it, so the schema is of one version in full at any time,
 * whatever fails or crashes, and the row agrees with it. The transaction takes the write lock before it reads the
 * version (`BEGIN IMMEDIATE`), so of several migrators one migrates and the others find it done. Scripts are split into
 * statements by SQLite's own rules; what would end the transaction is refused before anything runs.
 *
 * It needs a connection of its own for as long as {@link migrate} runs: what others do there would be in its transaction.
 *
 * @example
 * ```ts
 * import { Migrator, type SqlDatabase } from 'heddle/systems';
 *
 * export async function openSchema(database: SqlDatabase): Promise<void> {
 *   const migrator = new Migrator(database, [
 *     { name: 'accounts', script: 'CREATE TABLE account (id TEXT PRIMARY KEY, balance INTEGER NOT NULL);' },
 *     { name: 'currency', script: "ALTER TABLE account ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR';" },
 *   ]);
 *   const { from, to } = await migrator.migrate();
 *   if (from !== to) console.log(`schema ${from} is now ${to}`);
 * }
 * ```
 */
export class Migrator {
  readonly #database: SqlDatabase;
  readonly #migrations: readonly PreparedMigration[];
  readonly #versions: VersionTable;
  readonly #waitMs: number;
  readonly #turns = new Mutex();
  readonly #closing = new AbortController();

  /**
   * Reads the migrations and runs nothing. Their order is their versions: the first leads to version 1.
   *
   * @throws MigrationError `invalid-argument`, `invalid-script` or `transaction-statement`.
   */
  constructor(database: SqlDatabase, migrations: readonly Migration[], options: MigratorOptions = {}) {
    const { table = 'schema_version', waitMs = 10_000, baseline = null } = options;
    if (typeof table !== 'string' || table === '') throw invalid('a name for the version table', table);
    if (!(waitMs >= 0)) throw invalid('waitMs to be 0 or more', waitMs);
    if (baseline !== null && !(Number.isInteger(baseline) && baseline >= 0 && baseline <= migrations.length)) {
      throw invalid(`baseline to be one of the versions 0 to ${String(migrations.length)}`, baseline);
    }
    this.#database = database;
    this.#migrations = prepare(migrations);
    this.#versions = new VersionTable(table, this.#migrations, baseline);
    this.#waitMs = waitMs;
  }

  /**
   * Applies what is missing. Calls take turns. When it rejects, the schema is of some version in full, and another call
   * goes on from there.
   *
   * @throws MigrationError with the first thing that went wrong; see its codes.
   */
  migrate(): Promise<MigrationResult> {
    return this.#turns.runExclusive(async () => {
      const applied: string[] = [];
      let from: number | null = null;
      for (;;) {
        const { version, migration } = await this.#step();
        from ??= version;
        if (migration !== null) applied.push(migration.name);
        // Another migrator may have been there in between.
        const to = version + (migration === null ? 0 : 1);
        if (migration === null || to === this.#migrations.length) return { from, to, applied };
      }
    });
  }

  /** Ends the waiting for others; a transaction that is under way ends as it would have. The database stays open. */
  close(): void {
    this.#closing.abort();
  }

  /** One transaction: reads the version and applies the next migration; null if there is none. */
  async #step(): Promise<{ version: number; migration: PreparedMigration | null }> {
    const database = this.#database;
    await this.#begin();
    try {
      const version = await this.#versions.version(database);
      const migration = this.#migrations[version] ?? null;
      if (migration !== null) await this.#apply(migration, version);
      await this.#whileBusy(() => database.run('COMMIT'));
      return { version, migration };
    } catch (error) {
      // After some errors SQLite has rolled back by itself. Whatever this one says, the first error is the news.
      await database.run('ROLLBACK').catch(() => undefined);
      throw failure(error);
    }
  }

  async #begin(): Promise<void> {
    try {
      await this.#whileBusy(() => this.#database.run('BEGIN IMMEDIATE'));
    } catch (error) {
      if (!isNested(error)) throw failure(error);
      throw new MigrationError('nested', {
        expected: 'a connection without a transaction',
        received: 'one that is in a transaction already',
        nextStep: 'end it first, or give the migrator a connection of its own; the transaction was left alone',
        cause: error,
      });
    }
  }

  async #apply(migration: PreparedMigration, from: number): Promise<void> {
    for (const { text } of migration.statements) {
      try {
        await this.#database.run(text);
      } catch (error) {
        throw failure(error, migration, text);
      }
    }
    await this.#versions.applied(this.#database, migration, from);
  }

  /** Tries again while others hold the database, with growing delays, for as long as the options allow. */
  async #whileBusy(statement: () => Promise<unknown>): Promise<void> {
    const { signal } = this.#closing;
    const until = performance.now() + this.#waitMs;
    for (let delay = FIRST_DELAY_MS; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      if (signal.aborted) throw closed();
      try {
        await statement();
        return;
      } catch (error) {
        const left = until - performance.now();
        if (!(error instanceof SqlError) || error.code !== 'busy' || left <= 0) throw error;
        await sleep(Math.min(delay, left), undefined, { signal }).catch(() => {
          throw closed();
        });
      }
    }
  }
}

/** The error as the migrator's own; what is that already stays as it is. */
function failure(error: unknown, migration?: PreparedMigration, statement?: string): MigrationError {
  if (error instanceof MigrationError) return error;
  const received = error instanceof Error ? error.message : String(error);
  if (error instanceof SqlError && error.code === 'busy') {
    return new MigrationError('busy', {
      expected: 'the database to be free within the time to wait',
      received,
      nextStep: 'look for who holds a transaction open, or try again',
      cause: error,
    });
  }
  return new MigrationError('statement-failed', {
    expected: migration === undefined ? 'the database to take the version' : `migration ${migration.name} to apply`,
    received: statement === undefined ? received : `${received} in: ${statement.slice(0, 80)}`,
    nextStep: 'the migration was rolled back; mend what is wrong and try again',
    cause: error,
    ...(migration === undefined ? {} : { migration: migration.name }),
    ...(statement === undefined ? {} : { statement }),
  });
}

function closed(): MigrationError {
  return new MigrationError('closed', {
    expected: 'an open migrator',
    received: 'one that was closed',
    nextStep: 'make a new one',
  });
}

function invalid(expected: string, received: unknown): MigrationError {
  return new MigrationError('invalid-argument', {
    expected,
    received: String(received),
    nextStep: 'change the option',
  });
}

/** SQLite has no code of its own for it. */
function isNested(error: unknown): boolean {
  return error instanceof SqlError && error.code === 'statement' && /within a transaction/.test(error.message);
}
