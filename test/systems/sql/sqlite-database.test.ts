import { describe, expect, it } from 'vitest';
import { sqliteDatabase, type SqlErrorCode, type SynchronousSqlite } from '../../../src/systems/sql/index.ts';

/** A driver as better-sqlite3: statements with rows must be asked with `all`, others with `run`. */
function strict(reader: boolean, failure?: unknown): { driver: SynchronousSqlite; calls: string[] } {
  const calls: string[] = [];
  const call = (name: string, params: unknown[]): void => {
    calls.push(`${name} ${params.join()}`);
    if (failure !== undefined) throw failure as Error;
  };
  const driver: SynchronousSqlite = {
    prepare: (sql) => ({
      reader,
      run: (...params) => {
        call('run', [sql, ...params]);
        return { changes: 3n };
      },
      all: (...params) => {
        call('all', [sql, ...params]);
        return [{ a: 1 }];
      },
    }),
    close: () => {
      call('close', []);
    },
  };
  return { driver, calls };
}

describe('a synchronous driver', () => {
  it('is asked in the way that fits the statement', async () => {
    const writing = strict(false);
    const database = sqliteDatabase(writing.driver);
    expect(await database.run('W', [1, null])).toEqual({ changes: 3 });
    expect(await database.all('W')).toEqual([]);
    await database.close();
    expect(writing.calls).toEqual(['run W,1,', 'run W', 'close ']);

    const reading = strict(true);
    const other = sqliteDatabase(reading.driver);
    expect(await other.run('R')).toEqual({ changes: 0 });
    expect(await other.all('R', ['x'])).toEqual([{ a: 1 }]);
    expect(reading.calls).toEqual(['all R', 'all R,x']);
  });

  const named = (code: string): Error => Object.assign(new Error('no'), { code });
  const numbered = (errcode: number): Error => Object.assign(new Error('no'), { code: 'ERR_SQLITE_ERROR', errcode });

  it.each<[unknown, SqlErrorCode]>([
    [named('SQLITE_BUSY'), 'busy'],
    [named('SQLITE_BUSY_SNAPSHOT'), 'serialization'],
    [named('SQLITE_LOCKED_SHAREDCACHE'), 'busy'],
    [named('SQLITE_CONSTRAINT_UNIQUE'), 'constraint'],
    [named('SQLITE_CORRUPT_VTAB'), 'corrupt'],
    [named('SQLITE_NOTADB'), 'corrupt'],
    [named('SQLITE_FULL'), 'full'],
    [named('SQLITE_IOERR_WRITE'), 'io'],
    [named('SQLITE_ERROR'), 'statement'],
    [numbered(5), 'busy'],
    [numbered(517), 'serialization'],
    [numbered(2067), 'constraint'],
    [numbered(778), 'io'],
    [numbered(1), 'statement'],
    [new TypeError('The database connection is not open'), 'closed'],
    [new RangeError('Too few parameter values were provided'), 'invalid-argument'],
    ['a text', 'statement'],
  ])('fails with %s, which is called %s', async (failure, code) => {
    const { driver } = strict(false, failure);
    const database = sqliteDatabase(driver);
    for (const call of [() => database.run('X'), () => database.all('X'), () => database.close()]) {
      await expect(call()).rejects.toMatchObject({ name: 'SqlError', code, cause: failure });
    }
  });
});

describe('a driver whose calls return promises', () => {
  it('is passed through, its errors translated', async () => {
    const database = sqliteDatabase({
      run: (sql, params) => Promise.resolve({ changes: sql.length + (params?.length ?? 0) }),
      all: () => Promise.reject(Object.assign(new Error('locked'), { errcode: 5 })),
      close: () => Promise.resolve(),
    });
    expect(await database.run('abc', [1])).toEqual({ changes: 4 });
    await expect(database.all('abc')).rejects.toMatchObject({ code: 'busy', message: 'locked' });
    await database.close();
  });
});
