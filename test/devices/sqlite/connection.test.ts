import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SqliteError, inspectSqlite, openSqlite, sqliteFile } from '../../../src/devices/sqlite/index.ts';
import { randomChooser } from '../../choosers.ts';
import { stored, type Program } from '../storage.ts';

const result = async <T>(program: Program<T>): Promise<T> => (await stored(program)).result;

describe('values', () => {
  it('come back as they were given', async () => {
    const values = [
      null,
      1,
      -1.5,
      2 ** 53,
      9_007_199_254_740_993n,
      'a;\u0000b ☃',
      '',
      new Uint8Array([0, 255]),
      new Uint8Array(),
    ];
    const rows = await result(async (_sim, disk) => {
      const database = openSqlite(disk, 'app.db');
      await database.run('CREATE TABLE t (v)');
      for (const value of values) await database.run('INSERT INTO t VALUES (?)', [value]);
      return database.all('SELECT v FROM t ORDER BY rowid');
    });
    expect(rows.map(({ v }) => v)).toEqual(values);
  });

  it('count the rows that changed', async () => {
    const changes = await result(async (_sim, disk) => {
      const database = openSqlite(disk, 'app.db');
      await database.run('CREATE TABLE t (v)');
      const counts = [
        await database.run('INSERT INTO t VALUES (1), (2), (3)'),
        await database.run('DELETE FROM t WHERE v > 1'),
      ];
      return [...counts, await database.run('SELECT 1')].map((each) => each.changes);
    });
    expect(changes).toEqual([3, 2, 0]);
  });
});

describe('statements', () => {
  it('run in the order of their calls, each in a turn of its own, after the file was opened', async () => {
    const seen = await result(async (sim, disk) => {
      const database = openSqlite(disk, 'app.db', { latency: [0, 5] });
      const turns: number[] = [];
      const note = (): void => {
        turns.push(sim.now);
      };
      await Promise.all([
        database.run('CREATE TABLE t (v)').then(note),
        database.run('INSERT INTO t VALUES (1)').then(note),
        database.run('UPDATE t SET v = v + 1').then(note),
      ]);
      return { rows: await database.all('SELECT v FROM t'), turns: turns.length };
    });
    expect(seen).toEqual({ rows: [{ v: 2 }], turns: 3 });
  });

  it('are refused where they are more than one, before anything has happened; comments do not count', async () => {
    const seen = await result(async (_sim, disk) => {
      const database = openSqlite(disk, 'app.db');
      const failed = (sql: string, params?: string[]): Promise<unknown> =>
        database.run(sql, params).then(
          () => 'ok',
          (error: unknown) => (error as Error).name,
        );
      return [
        await failed('CREATE TABLE a (v); CREATE TABLE b (v)'),
        await failed('CREATE TABLE c (v); -- nothing else\n ; '),
        await failed('-- nothing'),
        await failed('SELECT ?', []),
        await failed('SELEC'),
        (await database.all('SELECT name FROM sqlite_schema')).map(({ name }) => name),
      ];
    });
    expect(seen).toEqual(['RangeError', 'ok', 'ok', 'RangeError', 'SqliteError', ['c']]);
  });

  it('of a script run one by one, up to the first that fails', async () => {
    const seen = await result(async (_sim, disk) => {
      const database = openSqlite(disk, 'app.db');
      const script =
        "CREATE TABLE a (v); INSERT INTO a VALUES ('x;y'); -- z;\n CREATE TABLE a (v); CREATE TABLE b (v);";
      const error = await database.exec(script).catch((reason: unknown) => reason);
      return { error, names: inspectSqlite(disk, 'app.db', 'SELECT name, v FROM sqlite_schema, a') };
    });
    expect(seen.error).toBeInstanceOf(SqliteError);
    expect(seen.error).toMatchObject({ code: 'SQLITE_ERROR', errcode: 1 });
    expect(seen.names).toEqual([{ name: 'a', v: 'x;y' }]);
  });

  it('after the close are refused', async () => {
    const error = await result(async (_sim, disk) => {
      const database = openSqlite(disk, 'app.db');
      await database.close();
      return database.run('SELECT 1').catch((reason: unknown) => reason);
    });
    expect(error).toMatchObject({ name: 'SqliteError', code: 'SQLITE_MISUSE' });
  });
});

describe('a file that is no database', () => {
  it('cannot be used, and says so', async () => {
    const files = { 'app.db': new TextEncoder().encode('It was a dark and stormy night. '.repeat(40)) };
    const { result: error } = await stored(
      async (_sim, disk) =>
        openSqlite(disk, 'app.db')
          .run('SELECT 1')
          .catch((reason: unknown) => reason),
      { files },
    );
    expect(error).toMatchObject({ code: 'SQLITE_NOTADB' });
  });

  it('cannot be made of a script that fails', () => {
    expect(() => sqliteFile('CREATE TABLE a (v); CREATE TABLE a (v)')).toThrow('already exists');
  });
});

describe('inspectSqlite', () => {
  it('sees what was committed, whoever holds a lock, and touches nothing', async () => {
    const seen = await result(async (_sim, disk) => {
      const database = openSqlite(disk, 'app.db', { journal: 'wal' });
      await database.run('CREATE TABLE t (v)');
      await database.run('BEGIN EXCLUSIVE');
      await database.run('INSERT INTO t VALUES (1)');
      const { operations } = disk;
      const during = inspectSqlite(disk, 'app.db', 'SELECT count(*) AS n FROM t');
      const same = disk.operations === operations;
      await database.run('COMMIT');
      return [during, same, inspectSqlite(disk, 'app.db', 'SELECT count(*) AS n FROM t')];
    });
    expect(seen).toEqual([[{ n: 0 }], true, [{ n: 1 }]]);
  });
});

describe('the same choices', () => {
  const program: Program<string> = async (sim, disk) => {
    const hash = createHash('sha256');
    disk.onOperation = (operation) => hash.update(JSON.stringify(operation));
    await Promise.all(
      ['delete', 'wal'].map((journal) =>
        sim.client(journal, async () => {
          const database = openSqlite(disk, `${journal}.db`, { journal: journal as 'delete' | 'wal' });
          await database.run('CREATE TABLE t (id TEXT DEFAULT (hex(randomblob(8))), at TEXT)');
          for (let i = 0; i < 3; i += 1) await database.run("INSERT INTO t (at) VALUES (datetime('now')), (random())");
          // Left open on purpose: what a run leaves behind must not reach the next one.
          if (journal === 'wal') await database.close();
        }),
      ),
    );
    for (const [name, bytes] of disk.image()) hash.update(name).update(bytes);
    return hash.digest('hex');
  };

  it('give the same calls and the same bytes, whatever ran before', async () => {
    const digests: string[] = [];
    for (const seed of [1, 2, 3, 2, 1, 3, 1, 2]) {
      digests[seed] ??= (await stored(program, {}, randomChooser(seed))).result;
      expect((await stored(program, {}, randomChooser(seed))).result).toBe(digests[seed]);
    }
    expect(new Set(Object.values(digests)).size).toBe(3);
  });
});
