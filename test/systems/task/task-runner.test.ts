import { describe, expect, it } from 'vitest';
import { TaskError, TaskRunner, type Perform } from '../../../src/systems/index.ts';
import { openTasks, type OpenTasks } from './open-tasks.ts';

interface Running extends OpenTasks {
  readonly runner: TaskRunner;
  /** Resolves when `count` tasks have completed or failed. */
  ended(count: number): Promise<void>;
}

async function running(perform: Perform, concurrency = 2): Promise<Running> {
  const tasks = await openTasks();
  const { manager } = tasks;
  const runner = new TaskRunner({ manager, perform, concurrency, retryMs: 2 });
  let ends = 0;
  const count = (): void => void (ends += 1);
  manager.on('completed', count).on('failed', count);
  const ended = async (wanted: number): Promise<void> => {
    while (ends < wanted) await new Promise(setImmediate);
  };
  return { ...tasks, runner, ended };
}

const ids = Array.from({ length: 20 }, (_, i) => `t${i}`);

describe('a runner', () => {
  it('performs everything, also what is delegated while it runs, and never more at once than allowed', async () => {
    let now = 0;
    let most = 0;
    const tasks = await running(async ({ id }) => {
      most = Math.max(most, (now += 1));
      await new Promise(setImmediate);
      now -= 1;
      return `did ${id}`;
    }, 3);
    for (const id of ids.slice(0, 10)) await tasks.manager.delegate({ id, payload: '' });
    tasks.runner.start();
    tasks.runner.start();
    await Promise.all(ids.slice(10).map((id) => tasks.manager.delegate({ id, payload: '' })));
    await tasks.ended(20);
    expect(most).toBe(3);
    for (const id of ids) expect(await tasks.manager.status(id)).toMatchObject({ attempt: 1, outcome: `did ${id}` });
    await tasks.runner.close();
  });

  it('reports what failed, with its reason, whatever was thrown', async () => {
    const hostile = {
      toString: () => {
        throw new Error('no text');
      },
    };
    const thrown: Record<string, unknown> = { a: new RangeError('broken'), b: 'a word', c: hostile };
    const tasks = await running(({ id }) => Promise.reject(thrown[id]));
    tasks.runner.start();
    for (const id of Object.keys(thrown)) await tasks.manager.delegate({ id, payload: '' });
    await tasks.ended(3);
    const outcomes = await Promise.all(['a', 'b', 'c'].map(async (id) => (await tasks.manager.status(id)).outcome));
    expect(outcomes).toEqual(['RangeError: broken', 'a word', 'a value without a description']);
    await tasks.runner.close();
  });

  it('reports again what the database refused, and does not do the work twice', async () => {
    let performed = 0;
    const tasks = await running(() => Promise.resolve(String((performed += 1))));
    await tasks.manager.delegate({ id: 'a', payload: '' });
    let refusals = 0;
    tasks.database.failure = (_statement, sql) => {
      return sql.startsWith('UPDATE') && performed > 0 && (refusals += 1) < 4 ? 'refused' : undefined;
    };
    tasks.runner.start();
    await tasks.ended(1);
    expect(await tasks.manager.status('a')).toMatchObject({ status: 'completed', outcome: '1', attempt: 1 });
    expect(refusals).toBe(4);
    await tasks.runner.close();
  });

  it('tells an attempt that it was cancelled', async () => {
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    let reason: unknown;
    const tasks = await running(async (_task, signal) => {
      begun();
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
      reason = signal.aborted;
      return undefined;
    });
    tasks.runner.start();
    await tasks.manager.delegate({ id: 'a', payload: '' });
    await started;
    await tasks.manager.cancel('a');
    await tasks.runner.close();
    expect(reason).toBe(true);
    expect(await tasks.manager.status('a')).toMatchObject({ status: 'cancelled' });
  });

  it('takes nothing after close, and waits for what runs', async () => {
    let finish: () => void = () => undefined;
    const work = new Promise<undefined>((resolve) => {
      finish = () => {
        resolve(undefined);
      };
    });
    const tasks = await running(() => work, 1);
    await tasks.manager.delegate({ id: 'a', payload: '' });
    await tasks.manager.delegate({ id: 'b', payload: '' });
    const started = new Promise((resolve) => tasks.manager.once('started', resolve));
    tasks.runner.start();
    await started;
    const closed = tasks.runner.close();
    finish();
    await closed;
    expect(await tasks.manager.status('a')).toMatchObject({ status: 'completed' });
    expect(await tasks.manager.status('b')).toMatchObject({ status: 'queued' });
  });

  it('refuses options that make no sense', async () => {
    const { manager } = await openTasks();
    const perform = (): Promise<undefined> => Promise.resolve(undefined);
    expect(() => new TaskRunner({ manager, perform, concurrency: 0 })).toThrow(TaskError);
    expect(() => new TaskRunner({ manager, perform, retryMs: -1 })).toThrow(TaskError);
  });
});
