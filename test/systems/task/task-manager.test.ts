import { describe, expect, it } from 'vitest';
import { TaskError, type Task, type TaskRequest } from '../../../src/systems/index.ts';
import { codeOf, openTasks, type OpenTasks } from './open-tasks.ts';

const request = (id: string, ...dependsOn: string[]): TaskRequest => ({ id, payload: `work of ${id}`, dependsOn });

async function delegated(...requests: TaskRequest[]): Promise<OpenTasks> {
  const tasks = await openTasks();
  for (const each of requests) await tasks.manager.delegate(each);
  return tasks;
}

async function taken(tasks: OpenTasks): Promise<Task> {
  const task = await tasks.manager.takeNext();
  if (task === undefined) throw new Error('nothing is ready');
  return task;
}

describe('a task', () => {
  it('is delegated, taken and completed', async () => {
    const tasks = await delegated(request('a'));
    expect(await tasks.manager.status('a')).toMatchObject({ status: 'queued', attempt: 0, outcome: null });
    const task = await taken(tasks);
    expect(task).toMatchObject({ id: 'a', status: 'running', attempt: 1 });
    expect(await tasks.manager.takeNext()).toBeUndefined();
    await tasks.manager.complete('a', 1, 'done');
    expect(await tasks.manager.status('a')).toMatchObject({ status: 'completed', outcome: 'done' });
    expect(await tasks.repository.find('a')).toEqual(await tasks.manager.status('a'));
  });

  it('is done once when a call is repeated', async () => {
    const tasks = await delegated(request('a'), request('a'));
    const { attempt } = await taken(tasks);
    const first = await tasks.manager.complete('a', attempt, 'done');
    expect(await tasks.manager.complete('a', attempt, 'done')).toEqual(first);
    expect(await tasks.manager.delegate(request('a'))).toEqual(first);
    expect(tasks.queue.size).toBe(0);
  });

  it('keeps its id: another request of that name is refused', async () => {
    const { manager } = await delegated(request('a'));
    expect(await codeOf(manager.delegate({ id: 'a', payload: 'other' }))).toBe('id-taken');
    await manager.delegate(request('b'));
    expect(await codeOf(manager.delegate({ ...request('a'), dependsOn: ['b'] }))).toBe('id-taken');
  });

  it('is started once at a time', async () => {
    const { manager } = await delegated(request('a'));
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(manager.start('a'))));
    expect(codes.sort()).toEqual(['resolved', 'wrong-state', 'wrong-state']);
  });

  it('only moves forward', async () => {
    const { manager } = await delegated(request('a'), request('b'));
    expect(await codeOf(manager.complete('a', 1))).toBe('stale-attempt');
    await manager.start('a');
    expect(await codeOf(manager.complete('a', 2))).toBe('stale-attempt');
    await manager.complete('a', 1);
    expect(await codeOf(manager.start('a'))).toBe('wrong-state');
    expect(await codeOf(manager.fail('a', 1, 'no'))).toBe('wrong-state');
    expect(await codeOf(manager.cancel('a'))).toBe('wrong-state');
    expect(await codeOf(manager.update('a', () => 'x'))).toBe('wrong-state');
    await manager.cancel('b', 'not wanted');
    expect(await manager.cancel('b', 'again')).toMatchObject({ status: 'cancelled', outcome: 'not wanted' });
    expect(await codeOf(manager.start('b'))).toBe('wrong-state');
    expect(await manager.takeNext()).toBeUndefined();
  });

  it('tells of a cancelled attempt, whose result is dropped', async () => {
    const tasks = await delegated(request('a'));
    const cancelled: string[] = [];
    tasks.manager.on('cancelled', ({ id }) => cancelled.push(id));
    const { attempt } = await taken(tasks);
    await tasks.manager.cancel('a');
    expect(cancelled).toEqual(['a']);
    expect(await codeOf(tasks.manager.complete('a', attempt, 'too late'))).toBe('wrong-state');
  });

  it('keeps every one of concurrent updates', async () => {
    const { manager } = await delegated(request('a'));
    await Promise.all(['1', '2', '3', '4'].map((each) => manager.update('a', (progress) => progress + each)));
    expect((await manager.status('a')).progress).toBe('1234');
    expect(await codeOf(manager.update('a', () => Promise.resolve('x') as unknown as string))).toBe('invalid-argument');
    await expect(
      manager.update('a', () => {
        throw new RangeError('mine');
      }),
    ).rejects.toThrow(RangeError);
    expect((await manager.status('a')).progress).toBe('1234');
  });
});

describe('dependencies', () => {
  it('come first, in every shape', async () => {
    const tasks = await delegated(request('a'), request('b', 'a'), request('c', 'a'), request('d', 'c', 'b', 'c'));
    const order: string[] = [];
    for (let task = await tasks.manager.takeNext(); task !== undefined; task = await tasks.manager.takeNext()) {
      order.push(task.id);
      await tasks.manager.complete(task.id, task.attempt);
    }
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('must be known, and not the task itself', async () => {
    const { manager, repository } = await delegated(request('a'));
    expect(await codeOf(manager.delegate(request('b', 'nobody')))).toBe('unknown-dependency');
    expect(await codeOf(manager.delegate(request('c', 'c')))).toBe('invalid-argument');
    expect(await repository.find('b')).toBeUndefined();
    expect(await codeOf(manager.delegate(request('d', 'a')))).toBe('resolved');
    expect(await codeOf(manager.start('d'))).toBe('wrong-state');
  });

  it.each(['fail', 'cancel'] as const)('that %s take what waits for them with them', async (how) => {
    const tasks = await delegated(request('a'), request('b', 'a'), request('c', 'b'), request('other'));
    const { attempt } = await taken(tasks);
    if (how === 'fail') await tasks.manager.fail('a', attempt, 'broken');
    else await tasks.manager.cancel('a');
    expect(await tasks.manager.status('b')).toMatchObject({ status: 'cancelled', outcome: 'task a did not complete' });
    expect(await tasks.manager.status('c')).toMatchObject({ status: 'cancelled', outcome: 'task b did not complete' });
    expect(await tasks.manager.status('other')).toMatchObject({ status: 'queued' });
    await tasks.manager.delegate(request('late', 'c'));
    expect(await tasks.manager.status('late')).toMatchObject({ status: 'cancelled' });
  });
});

describe('bad input', () => {
  it.each([
    ['an id that is no text', { id: 7, payload: '' }],
    ['an empty id', { id: '', payload: '' }],
    ['a lone surrogate', { id: 'a\uD800', payload: '' }],
    ['a NUL', { id: 'a\0', payload: '' }],
    ['a long id', { id: 'a'.repeat(201), payload: '' }],
    ['no payload', { id: 'a' }],
    ['a long payload', { id: 'a', payload: 'x'.repeat(100_001) }],
    ['dependencies that are no array', { id: 'a', payload: '', dependsOn: 'b' }],
    ['a dependency that is no text', { id: 'a', payload: '', dependsOn: [null] }],
    ['nothing', null],
    ['undefined', undefined],
  ])('%s is refused with a typed error', async (_what, bad) => {
    const { manager, database } = await openTasks();
    const before = database.statements;
    await expect(manager.delegate(bad as TaskRequest)).rejects.toThrow(TaskError);
    expect(await codeOf(manager.delegate(bad as TaskRequest))).toBe('invalid-argument');
    expect(database.statements).toBe(before);
  });

  it('of other operations, too', async () => {
    const { manager } = await openTasks();
    for (const call of [
      manager.status(''),
      manager.start(null as unknown as string),
      manager.complete('a', 0),
      manager.complete('a', 1, 5 as unknown as string),
      manager.list({ limit: 0 }),
      manager.cancel('a', '\uDFFF'),
    ]) {
      expect(await codeOf(call)).toBe('invalid-argument');
    }
    expect(await codeOf(manager.status('nobody'))).toBe('unknown-task');
    expect(await codeOf(manager.complete('nobody', 1))).toBe('unknown-task');
  });

  it('in a result is made storable: it comes from code that nobody can ask to repeat it', async () => {
    const tasks = await delegated(request('a'));
    const { attempt } = await taken(tasks);
    await tasks.manager.complete('a', attempt, `x\uD800\0${'y'.repeat(200_000)}`);
    const { outcome } = await tasks.manager.status('a');
    expect(outcome!.slice(0, 4)).toBe('x\uFFFD\uFFFDy');
    expect(outcome).toHaveLength(100_000);
    expect((await tasks.repository.find('a'))!.outcome).toBe(outcome);
  });
});

describe('when the storage fails', () => {
  it('the caller hears a typed error, and the call can be repeated', async () => {
    const tasks = await delegated();
    for (const failure of ['refused', 'answer lost'] as const) {
      tasks.database.failure = (_statement, sql) => (sql.startsWith('COMMIT') ? failure : undefined);
      expect(await codeOf(tasks.manager.delegate(request(failure)))).toBe('storage');
      tasks.database.failure = () => undefined;
      expect(await tasks.manager.delegate(request(failure))).toMatchObject({ status: 'queued' });
    }
    expect(tasks.queue.size).toBe(2);
  });

  it('nothing is forgotten that no caller waits for: it is tried again', async () => {
    const tasks = await delegated(request('a'), request('b', 'a'));
    const { attempt } = await taken(tasks);
    const deferred: string[] = [];
    tasks.manager.on('deferred', ({ id }) => deferred.push(id));
    const ready = new Promise((resolve) => tasks.manager.once('ready', resolve));
    tasks.database.failure = (_statement, sql) => (sql.includes('JOIN') ? 'refused' : undefined);
    await tasks.manager.complete('a', attempt);
    expect(deferred).toEqual(['a']);
    tasks.database.failure = () => undefined;
    expect(await ready).toEqual({ id: 'b' });
    await tasks.manager.close();
  });

  it('a task that could not be started is not lost, and holds up nobody', async () => {
    const tasks = await delegated(request('a'), request('b'));
    let updates = 0;
    tasks.database.failure = (_statement, sql) =>
      sql.startsWith('UPDATE') && ++updates === 1 ? 'answer lost' : undefined;
    const requeued = new Promise((resolve) => tasks.manager.once('ready', resolve));
    expect((await taken(tasks)).id).toBe('b');
    await requeued;
    // The first start was stored, and nobody had heard of it.
    expect(await taken(tasks)).toMatchObject({ id: 'a', attempt: 2 });
    await tasks.manager.close();
  });
});

describe('a manager', () => {
  it('keeps a bounded number of tasks in memory', async () => {
    const { manager, database } = await openTasks(undefined, 2);
    for (const id of ['a', 'b', 'c']) await manager.delegate(request(id));
    const before = database.statements;
    await manager.status('c');
    expect(database.statements).toBe(before);
    expect(await manager.status('a')).toMatchObject({ id: 'a' });
    expect(database.statements).toBe(before + 1);
  });

  it('lists pages', async () => {
    const { manager } = await delegated(request('a'), request('b'), request('c'));
    await manager.cancel('b');
    const ids = async (page: Parameters<typeof manager.list>[0]): Promise<string[]> => {
      return (await manager.list(page)).map(({ id }) => id);
    };
    expect(await ids({ limit: 2 })).toEqual(['a', 'b']);
    expect(await ids({ limit: 2, after: 'b' })).toEqual(['c']);
    expect(await ids({ limit: 9, status: 'queued' })).toEqual(['a', 'c']);
    expect(await ids({ limit: 9, status: 'queued', after: 'a' })).toEqual(['c']);
  });

  it('refuses everything once it is closed, and waits for what was under way', async () => {
    const { manager, repository } = await delegated(request('a'));
    const late = manager.delegate(request('b'));
    await manager.close();
    expect(await repository.find('b')).toBeDefined();
    await late;
    for (const call of [
      manager.status('a'),
      manager.takeNext(),
      manager.delegate(request('c')),
      manager.reconsider('a'),
    ]) {
      expect(await codeOf(call)).toBe('closed');
    }
    await manager.close();
  });

  it('refuses options that make no sense', async () => {
    const { repository, queue } = await openTasks();
    const { TaskManager } = await import('../../../src/systems/index.ts');
    expect(() => new TaskManager({ repository, queue, retryMs: 0 })).toThrow(TaskError);
    expect(() => new TaskManager({ repository, queue, cacheLimit: NaN })).toThrow(TaskError);
  });
});
