import { describe, expect, it } from 'vitest';
import { openSqlite, type SqliteConnection } from '../../../src/devices/sqlite/index.ts';
import type { Disk } from '../../../src/devices/disk/disk.ts';
import type { Sim } from '../../../src/scenario/sim.ts';
import { Strike } from '../../../src/schedule/strike.ts';
import { stored, type Program } from '../storage.ts';

/** `ok`, or the code of the error. */
async function ended(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}

type Two = (a: SqliteConnection, b: SqliteConnection, sim: Sim, disk: Disk) => Promise<unknown>;

async function two(journal: 'delete' | 'wal', program: Two, busyTimeout = 0): Promise<unknown> {
  const { result } = await stored(async (sim, disk) => {
    const open = (): SqliteConnection => openSqlite(disk, 'app.db', { journal, busyTimeout, latency: 0 });
    const a = open();
    const b = open();
    await a.run('CREATE TABLE t (n INTEGER)');
    return program(a, b, sim, disk);
  });
  return result;
}

describe.each(['delete', 'wal'] as const)('two connections, journal %s', (journal) => {
  it('one writes at a time; the other is told at once', async () => {
    const answers = await two(journal, async (a, b) => [
      await ended(a.run('BEGIN IMMEDIATE')),
      await ended(b.run('BEGIN IMMEDIATE')),
      await ended(a.run('INSERT INTO t VALUES (1)')),
      await ended(a.run('COMMIT')),
      await ended(b.run('BEGIN IMMEDIATE')),
      await b.all('SELECT n FROM t'),
    ]);
    expect(answers).toEqual(['ok', 'SQLITE_BUSY', 'ok', 'ok', 'ok', [{ n: 1 }]]);
  });

  it('with a busy timeout the other waits on virtual time, and no longer than that', async () => {
    const answers = await two(
      journal,
      async (a, b, sim) => {
        await a.run('BEGIN IMMEDIATE');
        const began = sim.now;
        const waiting = ended(b.run('BEGIN IMMEDIATE')).then((answer) => [answer, sim.now - began] as const);
        await sim.sleep(100);
        await a.run('COMMIT');
        const [answer, took] = await waiting;
        const refused = await ended(a.run('BEGIN IMMEDIATE'));
        return [answer, took >= 100 && took < 300, refused, sim.now >= began + 1000];
      },
      1000,
    );
    expect(answers).toEqual(['ok', true, 'SQLITE_BUSY', true]);
  });

  it('a deferred transaction that has read cannot write after another one: waiting would be in vain', async () => {
    const answers = await two(
      journal,
      async (a, b) => {
        await b.run('BEGIN');
        await b.all('SELECT n FROM t');
        const written = await ended(a.run('INSERT INTO t VALUES (1)'));
        return [written, await ended(b.run('INSERT INTO t VALUES (2)'))];
      },
      100,
    );
    // With a rollback journal the reader is in the writer's way; with a log it is out of date.
    expect(answers).toEqual(journal === 'delete' ? ['SQLITE_BUSY', 'ok'] : ['ok', 'SQLITE_BUSY_SNAPSHOT']);
  });

  it('a crash frees what the dead process held, and what it had not committed is gone', async () => {
    const { result } = await stored(async (sim, disk) => {
      const setUp = openSqlite(disk, 'app.db', { journal, latency: 0 });
      await setUp.run('CREATE TABLE t (n INTEGER)');
      const app = sim.process('app');
      const answers: string[] = [];
      await new Promise<void>((resolve) => {
        app.start(async () => {
          const database = openSqlite(disk, 'app.db', { journal, latency: 0 });
          await database.run('BEGIN IMMEDIATE');
          await database.run('INSERT INTO t VALUES (1)');
          resolve();
        });
      });
      answers.push(await ended(setUp.run('INSERT INTO t VALUES (2)')));
      app.crash();
      answers.push(await ended(setUp.run('INSERT INTO t VALUES (3)')));
      return [...answers, await setUp.all('SELECT n FROM t')];
    });
    expect(result).toEqual(['SQLITE_BUSY', 'ok', [{ n: 3 }]]);
  });
});

describe('many writers in WAL mode', () => {
  it('leave the sum of what was committed, also when one of them dies within a checkpoint', async () => {
    const { result } = await stored(async (sim, disk) => {
      const first = openSqlite(disk, 'app.db', { journal: 'wal', latency: 0 });
      await first.run('CREATE TABLE t (n INTEGER)');
      await first.run('INSERT INTO t VALUES (0)');
      let committed = 0;
      const writer = async (): Promise<void> => {
        const database = openSqlite(disk, 'app.db', { journal: 'wal', busyTimeout: 1000 });
        for (let i = 0; i < 5; i += 1) {
          await database.run('UPDATE t SET n = n + 1');
          committed += 1;
          if (i % 2 === 1) await ended(database.run('PRAGMA wal_checkpoint'));
        }
        await database.close();
      };
      const doomed = sim.process('doomed');
      doomed.start(writer);
      await Promise.all([
        sim.client('w1', writer),
        sim.client('w2', writer),
        sim.sleep(30).then(() => {
          doomed.crash();
        }),
      ]);
      const rows = await first.all('SELECT n FROM t');
      return { rows, committed };
    });
    expect(result.rows).toEqual([{ n: result.committed }]);
    expect(result.committed).toBeGreaterThan(10);
  });
});

describe('the power', () => {
  it('holds while the scenario itself has a file open: nothing can kill the scenario', async () => {
    const program: Program<readonly unknown[]> = async (sim, disk) => {
      const own = openSqlite(disk, 'app.db', { latency: 0 });
      await own.run('CREATE TABLE t (n INTEGER)');
      const app = sim.process('app', { restartAfter: [10, 10] });
      let lives = 0;
      const live = async (): Promise<void> => {
        lives += 1;
        const database = openSqlite(disk, 'app.db', { latency: 0 });
        await database.run('INSERT INTO t VALUES (1)');
        await database.close();
      };
      app.start(live);
      await sim.sleep(5);
      const before = lives;
      await own.close();
      await sim.sleep(100);
      return [before, lives];
    };
    const first = new Strike({ kind: 'power loss', at: 1 });
    const { result } = await stored(program, { faults: ['power loss'] }, first);
    // The first place at which it may fail is after the close: then the process dies, and starts again.
    expect(first.struck).toBe(true);
    expect(result).toEqual([1, 2]);
  });
});
