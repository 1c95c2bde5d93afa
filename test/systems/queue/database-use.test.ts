import { expect, it } from 'vitest';
import type { SqlDatabase } from '../../../src/systems/sql/index.ts';
import { completing, refusal, withQueue } from './opened.ts';

interface Listening {
  readonly wrap: (database: SqlDatabase) => SqlDatabase;
  /** What was asked of the database, in order. */
  readonly statements: string[];
  /** Called once, after the next COMMIT. */
  afterCommit: (() => Promise<unknown>) | null;
}

function listening(): Listening {
  const listener: Listening = {
    statements: [],
    afterCommit: null,
    wrap: (database) => ({
      run: async (sql, params) => {
        listener.statements.push(sql);
        const result = await database.run(sql, params);
        const then = sql === 'COMMIT' ? listener.afterCommit : null;
        if (then !== null) listener.afterCommit = null;
        await then?.();
        return result;
      },
      all: (sql, params) => {
        listener.statements.push(sql);
        return database.all(sql, params);
      },
      close: () => database.close(),
    }),
  };
  return listener;
}

const writes = (sql: string): boolean => /^\s*(BEGIN|INSERT|UPDATE|DELETE)/.test(sql);

it('a paused queue takes no write lock, whatever waits in it', async () => {
  const { wrap, statements } = listening();
  const seen = await withQueue(
    async ({ queue, sim }) => {
      await queue.enqueueAll([{ id: 'due' }, { id: 'pending', dependsOn: [] }]);
      const keys: string[] = [];
      queue.start(({ key }) => {
        keys.push(key);
        return Promise.reject(new Error('no route'));
      });
      await sim.sleep(5);
      await queue.enqueue({ id: 'later' });
      await queue.pause();
      await sim.sleep(1000);
      const before = { statements: statements.length, keys: keys.length };
      await sim.sleep(10_000);
      return { during: statements.slice(before.statements), submitted: keys.length - before.keys };
    },
    { backoffMs: 10, pollMs: 100, concurrency: 1 },
    wrap,
  );
  expect(seen.submitted).toBe(0);
  expect(seen.during.length).toBeGreaterThan(50);
  expect(seen.during.filter(writes)).toEqual([]);
});

it('a job costs two looks at the database: when there is one, and when it has ended', async () => {
  const { wrap, statements } = listening();
  const asked = await withQueue(
    async ({ queue, sim }) => {
      const { submit } = completing();
      queue.start(async (submission) => {
        await sim.sleep(10);
        return await submit(submission);
      });
      await sim.sleep(10);
      const before = statements.length;
      await queue.enqueue({ id: 'a' });
      await sim.sleep(500);
      expect((await queue.counts()).completed).toBe(1);
      return statements.slice(before, -1);
    },
    { pollMs: 10_000 },
    wrap,
  );
  expect(asked.filter((sql) => sql.includes('AS paused'))).toHaveLength(2);
  // Four to enqueue it, two looks of two, one begins the attempt, one looks whether there is more, and four end it.
  expect(asked).toHaveLength(14);
});

it('a report of a job that nobody can have is refused, also if its submission begins at that moment', async () => {
  const listener = listening();
  const seen = await withQueue(
    async ({ queue, connect }) => {
      await queue.enqueue({ id: 'a' });
      const another = connect();
      listener.afterCommit = () => another.run(`UPDATE queue_job SET status = 'submitting', owner = 'another'`);
      const code = await refusal(queue.report('a', 'completed'));
      return { code, status: (await queue.job('a'))?.status };
    },
    {},
    listener.wrap,
  );
  expect(seen).toEqual({ code: 'not-submitted', status: 'submitting' });
});
