import { describe, expect, it } from 'vitest';
import {
  ReadyQueue,
  TaskManager,
  TaskRunner,
  type Perform,
  type Task,
  type TaskRepository,
} from '../../../src/systems/index.ts';
import { openTasks } from './open-tasks.ts';

const turns = async (count = 20): Promise<void> => {
  for (let i = 0; i < count; i += 1) await new Promise(setImmediate);
};

/** Tasks in a map: the fastest database that there can be. */
function memory(): TaskRepository {
  const tasks = new Map<string, Task>();
  const set = (task: Task): Promise<Task> => Promise.resolve(tasks.set(task.id, task).get(task.id)!);
  return {
    insert: set,
    find: (id) => Promise.resolve(tasks.get(id)),
    replace: (task) => Promise.resolve(tasks.set(task.id, task) === tasks),
    unfinished: () => Promise.resolve([...tasks.keys()]),
    waitingFor: () => Promise.resolve([]),
    statuses: () => Promise.resolve(new Map()),
    list: () => Promise.resolve([...tasks.values()]),
    close: () => Promise.resolve(),
  };
}

describe('a runner', () => {
  it('does not perform what was cancelled in the very moment in which it was taken', async () => {
    const manager = new TaskManager({ repository: memory(), queue: new ReadyQueue() });
    const performed: boolean[] = [];
    const perform: Perform = async (_task, signal) => {
      await turns(5);
      performed.push(signal.aborted);
      return undefined;
    };
    const runner = new TaskRunner({ manager, perform });
    // Waits for its turn behind the start of the attempt, and comes before the news of the start.
    manager.on('started', ({ id }) => void manager.cancel(id));
    runner.start();
    await manager.delegate({ id: 'a', payload: '' });
    await turns();
    expect((await manager.status('a')).status).toBe('cancelled');
    // Not performed at all, or told by its signal.
    expect(performed).not.toContain(false);
    await runner.close();
  });

  it('fails a task whose result is no text, and does not leave it running', async () => {
    const { manager } = await openTasks();
    const runner = new TaskRunner({ manager, perform: (() => Promise.resolve(7)) as unknown as Perform });
    runner.start();
    await manager.delegate({ id: 'a', payload: '' });
    await turns();
    expect(await manager.status('a')).toMatchObject({
      status: 'failed',
      outcome: 'TypeError: the result of a task is a text, not a number',
    });
    await runner.close();
  });

  it('that was closed before it was started listens to nobody', async () => {
    const { manager } = await openTasks();
    const runner = new TaskRunner({ manager, perform: () => Promise.resolve('') });
    await runner.close();
    runner.start();
    expect([manager.listenerCount('ready'), manager.listenerCount('cancelled')]).toEqual([0, 0]);
  });

  it('and its manager take no delay that a timer would cut to 1 ms', async () => {
    const { manager, repository, queue } = await openTasks();
    const refusal = expect.objectContaining({ code: 'invalid-argument' }) as Error;
    const retryMs = 2 ** 31;
    expect(() => new TaskManager({ repository, queue, retryMs })).toThrow(refusal);
    expect(() => new TaskRunner({ manager, perform: () => Promise.resolve(''), retryMs })).toThrow(refusal);
  });
});
