import { describe, expect, it } from 'vitest';
import { inspectSqlite, openSqlite, sqliteFile, type SqliteOptions } from '../../../src/devices/sqlite/index.ts';
import type { Disk } from '../../../src/devices/disk/disk.ts';
import type { Sim } from '../../../src/scenario/sim.ts';
import { MigrationError, Migrator, type Migration, type MigratorOptions } from '../../../src/systems/migrate/index.ts';
import { sqliteDatabase, SqlSession, type SqlDatabase } from '../../../src/systems/sql/index.ts';
import { stored } from '../../devices/storage.ts';

const accounts: Migration = {
  name: 'accounts',
  script: 'CREATE TABLE account (id TEXT PRIMARY KEY, balance INTEGER);',
};
const currency: Migration = {
  name: 'currency',
  script: "ALTER TABLE account ADD COLUMN currency TEXT; INSERT INTO account VALUES ('a', 1, 'EUR');",
};

type Open = (options?: SqliteOptions) => SqlDatabase;

/** Runs `program` on a disk with one database file. */
async function onDisk<T>(program: (open: Open, disk: Disk, sim: Sim) => Promise<T>, script?: string): Promise<T> {
  const files = script === undefined ? {} : { 'app.db': sqliteFile(script) };
  const { result } = await stored(
    (sim, disk) =>
      program((options) => sqliteDatabase(openSqlite(disk, 'app.db', { latency: 0, ...options })), disk, sim),
    { files },
  );
  return result;
}

/** The error of `work`, which must be the migrator's. */
async function refusal(work: Promise<unknown>): Promise<MigrationError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof MigrationError) return error;
  throw new Error(`no MigrationError but ${String(error)}`);
}

const migrateWith = (
  migrations: readonly Migration[],
  script?: string,
  options?: MigratorOptions,
): Promise<MigrationError> => onDisk((open) => refusal(new Migrator(open(), migrations, options).migrate()), script);

const tablesOf = (disk: Disk): unknown[] =>
  inspectSqlite(disk, 'app.db', "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").map(
    ({ name }) => name,
  );

describe('a migrator', () => {
  it('brings an empty database to the newest version, and a second time does nothing', async () => {
    const seen = await onDisk(async (open, disk) => {
      const migrator = new Migrator(open(), [accounts, currency]);
      const first = await migrator.migrate();
      const { operations } = disk;
      const second = await migrator.migrate();
      const rows = inspectSqlite(disk, 'app.db', 'SELECT version, name, length(checksum) AS size FROM schema_version');
      return { first, second, wrote: disk.operations > operations, rows };
    });
    expect(seen).toEqual({
      first: { from: 0, to: 2, applied: ['accounts', 'currency'] },
      second: { from: 2, to: 2, applied: [] },
      wrote: false,
      rows: [
        { version: 1, name: 'accounts', size: 64 },
        { version: 2, name: 'currency', size: 64 },
      ],
    });
  });

  it('goes on from where it was', async () => {
    const results = await onDisk(async (open) => {
      const database = open({ journal: 'wal' });
      await new Migrator(database, [accounts]).migrate();
      return new Migrator(database, [accounts, currency]).migrate();
    });
    expect(results).toEqual({ from: 1, to: 2, applied: ['currency'] });
  });

  it('takes turns with itself', async () => {
    const results = await onDisk((open) => {
      const migrator = new Migrator(open(), [accounts, currency]);
      return Promise.all([migrator.migrate(), migrator.migrate(), migrator.migrate()]);
    });
    expect(results.map(({ applied }) => applied.length)).toEqual([2, 0, 0]);
  });

  it('works on a shared session while nobody else uses it', async () => {
    const result = await onDisk((open) => new Migrator(new SqlSession(open()), [accounts, currency]).migrate());
    expect(result.to).toBe(2);
  });

  it('without migrations asks nothing of an empty database', async () => {
    expect(await onDisk((open) => new Migrator(open(), []).migrate())).toEqual({ from: 0, to: 0, applied: [] });
  });
});

describe('a failed migration', () => {
  it('is undone as a whole, tells what failed, and succeeds when it is mended', async () => {
    const broken: Migration = {
      name: 'currency',
      script: `${currency.script} INSERT INTO account VALUES ('a', 2, '');`,
    };
    const seen = await onDisk(async (open, disk) => {
      const database = open();
      const error = await refusal(new Migrator(database, [accounts, broken]).migrate());
      const columns = inspectSqlite(disk, 'app.db', 'SELECT count(*) AS n FROM pragma_table_info(?)', ['account']);
      return { error, columns, result: await new Migrator(database, [accounts, currency]).migrate() };
    });
    expect(seen.error).toMatchObject({
      code: 'statement-failed',
      migration: 'currency',
      statement: "INSERT INTO account VALUES ('a', 2, '')",
      cause: { name: 'SqlError', code: 'constraint' },
    });
    expect(seen.error.message).toContain('UNIQUE constraint failed: account.id');
    expect(seen.columns).toEqual([{ n: 2 }]);
    expect(seen.result).toEqual({ from: 1, to: 2, applied: ['currency'] });
  });

  it('that only the commit finds is undone, too', async () => {
    const orphan: Migration = {
      name: 'orphan',
      script: `
        CREATE TABLE entry (account TEXT REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED);
        INSERT INTO entry VALUES ('nobody');
      `,
    };
    const seen = await onDisk(async (open, disk) => {
      const database = open();
      await database.run('PRAGMA foreign_keys = ON');
      const error = await refusal(new Migrator(database, [accounts, orphan]).migrate());
      return { error, tables: tablesOf(disk) };
    });
    expect(seen.error).toMatchObject({ code: 'statement-failed', cause: { code: 'constraint' } });
    expect(seen.tables).toEqual(['account', 'schema_version']);
  });
});

describe('statements of a migration', () => {
  it.each([
    'BEGIN',
    'begin immediate',
    'COMMIT',
    'END TRANSACTION',
    'ROLLBACK',
    'ROLLBACK TO a',
    '/* one; two */ SAVEPOINT a',
    'RELEASE a',
    'VACUUM',
    "ATTACH 'b.db' AS b",
    'DETACH b',
    'PRAGMA journal_mode = wal',
    'PRAGMA foreign_keys = OFF',
    'PRAGMA main.synchronous = OFF',
    'PRAGMA "writable_schema" = ON',
    'EXPLAIN COMMIT',
  ])('that end or cannot stand in a transaction are refused before anything runs: %s', (statement) => {
    const unusable = null as unknown as SqlDatabase;
    const script = `CREATE TABLE a (v); ${statement};`;
    try {
      new Migrator(unusable, [accounts, { name: 'bad', script }]);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'transaction-statement', migration: 'bad' });
      expect((error as MigrationError).statement).toBe(statement.replace(/^\/\*.*\*\/ /, ''));
    }
  });

  it('may be pragmas that a rollback undoes', async () => {
    const script = 'PRAGMA user_version = 7; PRAGMA main.application_id = 8; PRAGMA defer_foreign_keys = ON;';
    const version = await onDisk(async (open, disk) => {
      await new Migrator(open(), [{ name: 'marks', script }]).migrate();
      return inspectSqlite(disk, 'app.db', 'PRAGMA user_version');
    });
    expect(version).toEqual([{ user_version: 7 }]);
  });

  it('must end', () => {
    expect(() => new Migrator(null as unknown as SqlDatabase, [{ name: 'bad', script: "SELECT 'a" }])).toThrow(
      expect.objectContaining({ code: 'invalid-script', migration: 'bad' }),
    );
  });
});

describe('other connections', () => {
  it('are waited for', async () => {
    const seen = await onDisk(async (open, _disk, sim) => {
      const other = open();
      await other.run('BEGIN IMMEDIATE');
      const began = sim.now;
      const migrating = new Migrator(open(), [accounts]).migrate();
      await sim.sleep(500);
      await other.run('ROLLBACK');
      const { to } = await migrating;
      return { to, soon: sim.now - began < 1000 };
    });
    expect(seen).toEqual({ to: 1, soon: true });
  });

  it('are waited for no longer than told; the next try succeeds', async () => {
    const seen = await onDisk(async (open, _disk, sim) => {
      const other = open();
      await other.run('BEGIN IMMEDIATE');
      const migrator = new Migrator(open(), [accounts], { waitMs: 1000 });
      const began = sim.now;
      const error = await refusal(migrator.migrate());
      const took = sim.now - began;
      await other.run('ROLLBACK');
      return { code: error.code, took, result: await migrator.migrate() };
    });
    expect(seen.code).toBe('busy');
    expect(seen.took).toBeGreaterThanOrEqual(1000);
    expect(seen.took).toBeLessThan(1100);
    expect(seen.result.to).toBe(1);
  });

  it('that read while it commits are waited for, too', async () => {
    const seen = await onDisk(async (open, _disk, sim) => {
      const other = open();
      await other.run('BEGIN');
      await other.all('SELECT count(*) FROM sqlite_schema');
      const migrating = new Migrator(open(), [accounts]).migrate();
      await sim.sleep(300);
      await other.run('COMMIT');
      return migrating;
    });
    expect(seen.to).toBe(1);
  });

  it('are not waited for after the close', async () => {
    const seen = await onDisk(async (open, _disk, sim) => {
      const other = open();
      await other.run('BEGIN IMMEDIATE');
      const migrator = new Migrator(open(), [accounts]);
      const migrating = refusal(migrator.migrate());
      await sim.sleep(50);
      migrator.close();
      const { code } = await migrating;
      return { code, at: sim.now, again: (await refusal(migrator.migrate())).code };
    });
    expect(seen.code).toBe('closed');
    expect(seen.at).toBeLessThan(60);
    expect(seen.again).toBe('closed');
  });
});

describe('a caller with a transaction of its own', () => {
  it('is refused, and keeps the transaction', async () => {
    const seen = await onDisk(async (open) => {
      const database = open();
      await database.run('CREATE TABLE draft (v)');
      await database.run('BEGIN');
      await database.run('INSERT INTO draft VALUES (1)');
      const error = await refusal(new Migrator(database, [accounts], { baseline: 0 }).migrate());
      await database.run('COMMIT');
      return { code: error.code, rows: await database.all('SELECT v FROM draft') };
    });
    expect(seen).toEqual({ code: 'nested', rows: [{ v: 1 }] });
  });
});

describe('the table of versions', () => {
  const table = 'CREATE TABLE schema_version (version, name TEXT, checksum TEXT);';

  it.each([
    ['is missing beside other tables', 'CREATE TABLE account (id);', 'unversioned'],
    ['has other columns', 'CREATE TABLE schema_version (v INTEGER);', 'version-table'],
    ['has no row', table, 'version-table'],
    ['has a text for a number', `${table} INSERT INTO schema_version VALUES ('one', 'accounts', '');`, 'version-table'],
    ['lacks a row', `${table} INSERT INTO schema_version VALUES (2, 'currency', '');`, 'version-table'],
    ['names another migration', `${table} INSERT INTO schema_version VALUES (1, 'orders', '');`, 'changed'],
    ['tells of another script', `${table} INSERT INTO schema_version VALUES (1, 'accounts', '00');`, 'changed'],
  ])('that %s: nothing is done on a guess', async (_what, script, code) => {
    expect((await migrateWith([accounts, currency], script)).code).toBe(code);
  });

  it('of a later program: nothing is done', async () => {
    const seen = await onDisk(async (open, disk) => {
      const database = open();
      await new Migrator(database, [accounts, currency]).migrate();
      const { operations } = disk;
      const error = await refusal(new Migrator(database, [accounts]).migrate());
      return [error.code, disk.operations === operations];
    });
    expect(seen).toEqual(['newer', true]);
  });

  it('is made for a database of a known version', async () => {
    const seen = await onDisk(async (open, disk) => {
      const migrator = new Migrator(open(), [accounts, currency], { baseline: 1, table: 'my "versions"' });
      const result = await migrator.migrate();
      return [result, inspectSqlite(disk, 'app.db', 'SELECT version, name FROM "my ""versions"""')];
    }, accounts.script);
    expect(seen).toEqual([
      { from: 1, to: 2, applied: ['currency'] },
      [
        { version: 1, name: 'accounts' },
        { version: 2, name: 'currency' },
      ],
    ]);
  });
});

describe('arguments', () => {
  const none = null as unknown as SqlDatabase;

  it.each<[string, () => unknown]>([
    ['a migration without a name', () => new Migrator(none, [{ name: '', script: '' }])],
    ['a migration without a script', () => new Migrator(none, [{ name: 'a' } as Migration])],
    ['two of one name', () => new Migrator(none, [accounts, accounts])],
    ['an empty table name', () => new Migrator(none, [], { table: '' })],
    ['a negative wait', () => new Migrator(none, [], { waitMs: -1 })],
    ['no number of ms', () => new Migrator(none, [], { waitMs: Number.NaN })],
    ['a baseline that there is not', () => new Migrator(none, [accounts], { baseline: 2 })],
    ['half a version', () => new Migrator(none, [accounts], { baseline: 0.5 })],
  ])('that make no sense are refused: %s', (_what, make) => {
    expect(make).toThrow(expect.objectContaining({ name: 'MigrationError', code: 'invalid-argument' }));
  });
});
