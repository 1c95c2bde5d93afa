import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecoveryManager, TaskManager, ReadyQueue, type Task } from '../../../src/systems/index.ts';
import { codeOf, openTasks } from './open-tasks.ts';

const ids = ['a', 'b', 'c', 'd'];

const step = fc.record({
  what: fc.constantFrom('delegate', 'take', 'complete', 'fail', 'cancel', 'update', 'reconsider', 'restart'),
  id: fc.constantFrom(...ids),
  /** At which statement from now something fails, if at all. */
  failAt: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 2 }),
  lost: fc.boolean(),
});

const RANK: Readonly<Record<Task['status'], number>> = { queued: 0, running: 1, completed: 2, failed: 2, cancelled: 2 };

it('whatever is called and whatever fails: the cache is the database, states only move forward, nothing is started too early, nothing is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { database, repository, manager: firstManager } = await openTasks();
      let manager = firstManager;
      const seen = new Map<string, Task>();
      const check = async (): Promise<void> => {
        for (const id of ids) {
          const stored = await repository.find(id);
          if (stored === undefined) continue;
          expect(await manager.status(id)).toEqual(stored);
          const before = seen.get(id);
          if (before !== undefined) {
            expect(stored.version).toBeGreaterThanOrEqual(before.version);
            expect(stored.attempt).toBeGreaterThanOrEqual(before.attempt);
            // What has finished stays as it is.
            if (RANK[before.status] === 2) expect(stored).toEqual(before);
          }
          seen.set(id, stored);
          if (stored.attempt > 0) {
            for (const other of stored.dependsOn) expect((await repository.find(other))!.status).toBe('completed');
          }
        }
      };
      for (const { what, id, failAt, lost } of steps) {
        const from = database.statements;
        database.failure = (statement, sql) => {
          // SQLite always rolls back, and is in no transaction after a BEGIN that failed.
          if (statement - from !== failAt || sql === 'ROLLBACK') return undefined;
          return lost && !sql.startsWith('BEGIN') ? 'answer lost' : 'refused';
        };
        const attempt = Math.max(1, seen.get(id)?.attempt ?? 1);
        const before = ids.slice(0, ids.indexOf(id)).slice(-2);
        if (what === 'delegate') await codeOf(manager.delegate({ id, payload: id, dependsOn: before }));
        if (what === 'take') await codeOf(manager.takeNext());
        if (what === 'complete') await codeOf(manager.complete(id, attempt));
        if (what === 'fail') await codeOf(manager.fail(id, attempt, 'no'));
        if (what === 'cancel') await codeOf(manager.cancel(id));
        if (what === 'update') await codeOf(manager.update(id, (progress) => `${progress}.`));
        if (what === 'reconsider') await codeOf(manager.reconsider(id));
        if (what === 'restart') {
          await manager.close();
          manager = new TaskManager({ repository, queue: new ReadyQueue(), retryMs: 1_000_000 });
          await codeOf(new RecoveryManager({ repository, manager }).recover());
        }
        database.failure = () => undefined;
        await check();
      }
      // After all that a new process finds everything, and finishes it.
      await manager.close();
      manager = new TaskManager({ repository, queue: new ReadyQueue() });
      await new RecoveryManager({ repository, manager }).recover();
      for (let task = await manager.takeNext(); task !== undefined; task = await manager.takeNext()) {
        await check();
        await manager.complete(task.id, task.attempt);
      }
      expect(await repository.unfinished()).toEqual([]);
      await manager.close();
      await repository.close();
    }),
    { numRuns: 150 },
  );
});
