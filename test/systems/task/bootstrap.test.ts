import { describe, expect, it } from 'vitest';
import { bootstrapTasks, SqlTaskRepository, TaskError, type BootstrapOptions } from '../../../src/systems/index.ts';
import type { SqlDatabase } from '../../../src/systems/sql/index.ts';
import { Flaky, memorySqlite } from './memory-sqlite.ts';
import { openTasks } from './open-tasks.ts';

/** What a process left that died with one task running, one queued, and one that waits for it. */
async function left(): Promise<SqlDatabase> {
  const database = memorySqlite();
  const { manager } = await openTasks(database);
  await manager.delegate({ id: 'ran', payload: '' });
  await manager.takeNext();
  await manager.delegate({ id: 'queued', payload: '' });
  await manager.delegate({ id: 'waits', payload: '', dependsOn: ['queued'] });
  return database;
}

/** As `database`, and not closed with the connection: another process may open it again. */
const shared = (database: SqlDatabase): SqlDatabase => ({
  run: (sql, params) => database.run(sql, params),
  all: (sql, params) => database.all(sql, params),
  close: () => Promise.resolve(),
});

interface Started {
  readonly options: BootstrapOptions;
  readonly flaky: Flaky;
  readonly performed: string[];
  served: number;
  stopped: number;
}

function options(database: SqlDatabase): Started {
  const flaky = new Flaky(shared(database));
  const started: Started = {
    flaky,
    performed: [],
    served: 0,
    stopped: 0,
    options: {
      openRepository: async () => {
        const repository = await SqlTaskRepository.open(flaky);
        return repository;
      },
      perform: ({ id }) => {
        started.performed.push(id);
        return Promise.resolve(undefined);
      },
      serve: () => {
        started.served += 1;
        return { close: () => void (started.stopped += 1) };
      },
      concurrency: 1,
      retryMs: 2,
    },
  };
  return started;
}

describe('bootstrap', () => {
  it('recovers, works and serves, in this order, and closes in reverse', async () => {
    const database = await left();
    const started = options(database);
    const { serve } = started.options;
    const server = await bootstrapTasks({
      ...started.options,
      serve: (manager) => {
        expect(started.performed).toEqual([]);
        return serve(manager);
      },
    });
    expect(server.recovered).toMatchObject({ unfinished: 3, ready: 2, waiting: 1 });
    while (started.performed.length < 3) await new Promise(setImmediate);
    expect(started.performed).toEqual(['ran', 'queued', 'waits']);
    await Promise.all([server.close(), server.close()]);
    expect([started.served, started.stopped, started.flaky.closed]).toEqual([1, 1, true]);
  });

  it('never serves when any statement of recovery fails, and leaves nothing open', async () => {
    let failures = 0;
    for (let at = 1; ; at += 1) {
      const started = options(await left());
      let recovering = false;
      let statements = 0;
      started.flaky.failure = (_statement, sql) => {
        recovering ||= sql.startsWith('SELECT id FROM task');
        if (!recovering) return undefined;
        statements += 1;
        return statements === at && started.served === 0 && started.performed.length === 0 ? 'refused' : undefined;
      };
      const outcome = await bootstrapTasks(started.options).then(
        (server) => server,
        (error: unknown) => error,
      );
      if (!(outcome instanceof TaskError)) {
        // All statements of recovery have failed once.
        expect(statements).toBeGreaterThan(5);
        await (outcome as { close(): Promise<void> }).close();
        break;
      }
      failures += 1;
      expect(outcome.code).toBe('start-failed');
      expect((outcome.cause as TaskError).code).toBe('recovery-failed');
      expect([started.served, started.performed.length, started.flaky.closed]).toEqual([0, 0, true]);
    }
    expect(failures).toBeGreaterThan(5);
  });

  it('does not serve over a record that cannot be read', async () => {
    const database = await left();
    await database.run("UPDATE task SET attempt = 'many' WHERE id = 'queued'");
    const started = options(database);
    await expect(bootstrapTasks(started.options)).rejects.toMatchObject({
      code: 'start-failed',
      cause: { code: 'recovery-failed', cause: { code: 'malformed-record' } },
    });
    expect(started.served).toBe(0);
  });

  it('tells of a step that failed and of a clean-up that failed after it', async () => {
    const started = options(await left());
    const failing = bootstrapTasks({
      ...started.options,
      openRepository: async () => {
        const repository = await started.options.openRepository();
        const close = (): Promise<void> => Promise.reject(new Error('will not close'));
        return Object.assign(repository, { close });
      },
      serve: () => Promise.reject(new Error('port taken')),
    });
    await expect(failing).rejects.toThrow(
      /serving to succeed; received Error: port taken; then, closing: Error: will not close/,
    );
  });

  it('opens nothing when the database cannot be opened', async () => {
    const started = options(memorySqlite());
    const openRepository = (): Promise<never> => Promise.reject(new Error('no such file'));
    await expect(bootstrapTasks({ ...started.options, openRepository })).rejects.toMatchObject({
      code: 'start-failed',
    });
    expect(started.served).toBe(0);
  });

  it('closes everything, also when something does not close', async () => {
    const started = options(memorySqlite());
    const serve = (): { close: () => Promise<never> } => ({ close: () => Promise.reject(new Error('stuck')) });
    const server = await bootstrapTasks({ ...started.options, serve });
    await expect(server.close()).rejects.toMatchObject({ code: 'stop-failed' });
    expect(started.flaky.closed).toBe(true);
  });
});
