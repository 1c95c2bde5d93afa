import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { Postgres, type PostgresOptions } from '../../../src/devices/postgres/postgres.ts';
import { outside } from '../../../src/intercept/current.ts';
import type { Chooser } from '../../../src/kernel/choice.ts';
import { EPOCH } from '../../../src/kernel/clock.ts';
import type { SimProcess } from '../../../src/kernel/process.ts';
import type { World } from '../../../src/kernel/world.ts';
import { idle } from '../../choosers.ts';
import { simulateWatched, type Played, type PlayOptions } from '../../in-world.ts';
import { isOff, realServer } from './real-server.ts';

const server = realServer();

const ACCOUNT: PostgresOptions = {
  setup: 'CREATE TABLE account (id int PRIMARY KEY, amount int); CREATE TABLE visit (at timestamptz, day date)',
  reset: 'DELETE FROM account; DELETE FROM visit; INSERT INTO account VALUES (1, 10), (2, 20)',
  latency: 1,
};

/** A world with a database in it; `crashes` are the processes that tell when they crash. */
async function withDatabase<T>(
  work: (database: Postgres, world: World, notes: string[]) => Promise<T>,
  options: PostgresOptions = ACCOUNT,
  play: PlayOptions = {},
): Promise<T> {
  const crashed = new Map<SimProcess, (() => void)[]>();
  const played: Played = await simulateWatched(async (world) => {
    const notes: string[] = [];
    const crash = world.crash.bind(world);
    world.crash = (process) => {
      crash(process);
      for (const callback of crashed.get(process) ?? []) callback();
    };
    const database = new Postgres(
      {
        world,
        outside,
        provided: () => server.address,
        work: () => undefined,
        note: (what) => notes.push(what),
        onCrash: (process, callback) => {
          crashed.set(process, [...(crashed.get(process) ?? []), callback]);
        },
      },
      options,
    );
    return work(database, world, notes);
  }, play);
  expect(played.errors).toEqual([]);
  expect(played.escapes).toEqual([]);
  return played.result as T;
}

/** An idle machine, but for faults of one kind. */
const striking = (kind: string, pick: number): Chooser => ({
  ...idle,
  fault: (point) => (point.kind === kind ? pick : 0),
});

async function connected(database: Postgres, options?: Parameters<Postgres['connection']>[0]): Promise<pg.Client> {
  const client = new pg.Client(database.connection(options));
  await client.connect();
  return client;
}

describe.runIf(!isOff)('PostgreSQL in a run', () => {
  it('answers an unmodified pg, in virtual time', async () => {
    const [rows, took] = await withDatabase(async (database, world) => {
      const client = await connected(database);
      const { rows: found } = await client.query('SELECT amount FROM account WHERE id = $1', [2]);
      await client.end();
      return [found, world.now];
    });
    expect(rows).toEqual([{ amount: 20 }]);
    expect(took).toBe(2);
  });

  it('begins every run with what reset makes', async () => {
    const spend = (): Promise<unknown> =>
      withDatabase(async (database) => {
        const client = await connected(database);
        // Left open, with a lock: the next run is not to see anything of it.
        await client.query('BEGIN');
        await client.query('UPDATE account SET amount = amount - 1');
        await client.query('SET TimeZone = $$Asia/Tokyo$$');
        const { rows } = await client.query<{ amount: number }>('SELECT amount FROM account ORDER BY id');
        return rows;
      });
    for (let run = 0; run < 3; run += 1) await expect(spend()).resolves.toEqual([{ amount: 9 }, { amount: 19 }]);
  });

  it('knows when a statement waits for a lock, and lets the others go on', async () => {
    const order = await withDatabase(async (database, _world, notes) => {
      const [a, b, c] = [await connected(database), await connected(database), await connected(database)];
      const log: string[] = [];
      await a.query('BEGIN');
      await a.query('UPDATE account SET amount = 1 WHERE id = 1');
      const waiting = b.query('UPDATE account SET amount = amount + 1 WHERE id = 1').then(() => log.push('b'));
      await c.query('UPDATE account SET amount = 2 WHERE id = 2').then(() => log.push('c'));
      await c.query('SELECT 1').then(() => log.push('c again'));
      expect(notes).toEqual(['waits for a lock']);
      await a.query('COMMIT').then(() => log.push('a'));
      await waiting;
      expect(database.waits).toBe(1);
      expect(database.query('SELECT amount FROM account WHERE id = 1')).toEqual([{ amount: '2' }]);
      return log;
    });
    expect(order).toEqual(['c', 'c again', 'a', 'b']);
  });

  it.each([
    ['the one that waited first', 0, ['deadlock detected', 'done']],
    ['the other, by choice', 1, ['done', 'deadlock detected']],
  ])('ends a deadlock: %s gives way', async (_who, pick, expected) => {
    const chooser = striking('deadlock victim', pick);
    const ends = await withDatabase(
      async (database) => {
        const clients = [await connected(database), await connected(database)];
        for (const [index, client] of clients.entries()) {
          await client.query('BEGIN');
          await client.query('UPDATE account SET amount = 0 WHERE id = $1', [index + 1]);
        }
        const across = clients.map((client, index) =>
          client.query('UPDATE account SET amount = 0 WHERE id = $1', [2 - index]).then(
            () => 'done',
            (error: unknown) => {
              const { message, code } = error as pg.DatabaseError;
              expect(code).toBe('40P01');
              return client.query('ROLLBACK').then(() => message);
            },
          ),
        );
        const came = await Promise.all(across);
        expect(database.deadlocks).toBe(1);
        return came;
      },
      ACCOUNT,
      { chooser },
    );
    expect(ends).toEqual(expected);
  });

  it('rolls back what a crashed process had begun, and frees its locks', async () => {
    const rows = await withDatabase(async (database, world) => {
      const process = world.spawn('caller');
      const task = world.createTask('caller', process);
      await new Promise<void>((resolve) => {
        world.deliver('start', 'caller', process, task, [0, 0], () => {
          void (async () => {
            const client = await connected(database);
            await client.query('BEGIN');
            await client.query('UPDATE account SET amount = 99 WHERE id = 1');
            resolve();
          })();
        });
      });
      world.crash(process);
      const survivor = await connected(database);
      await survivor.query('UPDATE account SET amount = amount + 1 WHERE id = 1');
      return database.query('SELECT amount FROM account WHERE id = 1');
    });
    expect(rows).toEqual([{ amount: '11' }]);
  });

  it.each([
    ['lost request', '10'],
    ['lost reply', '7'],
  ] as const)('breaks the connection on a %s', async (fault, amount) => {
    const result = await withDatabase(
      async (database) => {
        const client = await connected(database);
        const error = new Promise((resolve) => client.on('error', resolve));
        const asked = client
          .query('UPDATE account SET amount = 7 WHERE id = 1')
          .catch((reason: unknown) => (reason as Error).message);
        const said = await asked;
        await error;
        const [row] = database.query('SELECT amount FROM account WHERE id = 1');
        return [said, row!['amount']];
      },
      { ...ACCOUNT, faults: [fault] },
      { chooser: striking(fault, 1) },
    );
    expect(result).toEqual(['read ECONNRESET', amount]);
  });

  it('has virtual time: one instant a transaction, in the time zone of the session for the day alone', async () => {
    const rows = await withDatabase(
      async (database) => {
        const client = await connected(database, { timeZone: 'America/Los_Angeles' });
        await client.query('BEGIN');
        await client.query('SELECT 1');
        await client.query('INSERT INTO visit SELECT now(), now()::date');
        await client.query('COMMIT');
        return database.query(
          `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS at, day::text FROM visit`,
        );
      },
      { ...ACCOUNT, clock: EPOCH + 1_000 },
    );
    // Two ms for a request and its reply: nothing had been sent before BEGIN, which arrived after one.
    expect(rows).toEqual([{ at: '2025-01-01 00:00:01.001', day: '2024-12-31' }]);
  });

  it('goes on for hundreds of runs that leave transactions open', async () => {
    for (let run = 0; run < 205; run += 1) {
      const amount = await withDatabase(async (database) => {
        const client = await connected(database);
        await client.query('BEGIN');
        await client.query('UPDATE account SET amount = 0');
        return database.query('SELECT sum(amount) AS n FROM account')[0]!['n'];
      });
      expect(amount).toBe('30');
    }
  });

  it('lets those who wait for one row go on in the order in which they came', async () => {
    for (let run = 0; run < 20; run += 1) {
      const order = await withDatabase(async (database) => {
        const holder = await connected(database);
        await holder.query('BEGIN');
        await holder.query('UPDATE account SET amount = 0 WHERE id = 1');
        const log: number[] = [];
        const waiting: Promise<unknown>[] = [];
        for (const n of [1, 2, 3, 4]) {
          const client = await connected(database);
          waiting.push(client.query('UPDATE account SET amount = amount + 1 WHERE id = 1').then(() => log.push(n)));
        }
        await holder.query('SELECT 1');
        expect(database.waits).toBe(4);
        await holder.query('COMMIT');
        await Promise.all(waiting);
        return log;
      });
      expect(order).toEqual([1, 2, 3, 4]);
    }
  });

  it('takes the same way again', async () => {
    const way = (): Promise<unknown> =>
      withDatabase(async (database, world) => {
        const pool = new pg.Pool({ ...database.connection(), max: 2 });
        await Promise.all(
          [1, 2, 1].map((id) => pool.query('UPDATE account SET amount = amount + 1 WHERE id = $1', [id])),
        );
        await pool.end();
        return [world.hash.toString(), database.received];
      });
    expect(await way()).toEqual(await way());
  });
});
