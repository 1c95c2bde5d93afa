import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SqlTaskRepository, type Task } from '../../../src/systems/index.ts';
import { memorySqlite } from './memory-sqlite.ts';
import { codeOf, openTasks } from './open-tasks.ts';

const task: Task = {
  id: 'a',
  payload: '',
  dependsOn: [],
  status: 'queued',
  attempt: 0,
  outcome: null,
  progress: '',
  version: 1,
};

it('gives back what it was given, for any text that the manager lets pass', async () => {
  const { manager, repository } = await openTasks();
  const text = fc.string({ unit: 'binary' });
  await fc.assert(
    fc.asyncProperty(text, text, async (id, payload) => {
      const code = await codeOf(manager.delegate({ id: `x${id}`, payload }));
      if (code === 'invalid-argument') {
        expect(/\p{Surrogate}|\0/u.test(id + payload)).toBe(true);
        return;
      }
      const found = await repository.find(`x${id}`);
      expect([found!.id, found!.payload]).toEqual([`x${id}`, code === 'resolved' ? payload : found!.payload]);
    }),
  );
});

it('replaces only the version before', async () => {
  const repository = await SqlTaskRepository.open(memorySqlite());
  await repository.insert(task);
  expect(await repository.replace({ ...task, status: 'running', version: 3 })).toBe(false);
  expect(await repository.replace({ ...task, status: 'running', version: 2 })).toBe(true);
  expect(await repository.replace({ ...task, status: 'failed', version: 2 })).toBe(false);
  expect(await repository.find('a')).toMatchObject({ status: 'running', version: 2 });
});

it('opens a database that it has opened before', async () => {
  const database = memorySqlite();
  await (await SqlTaskRepository.open(database)).insert(task);
  expect(await (await SqlTaskRepository.open(database)).find('a')).toEqual(task);
});

it.each([
  ["UPDATE task SET version = 'x'", 'malformed-record'],
  ["UPDATE task SET payload = x'00'", 'malformed-record'],
  ['UPDATE task SET outcome = 5', 'resolved'],
])('does not take a row for a task that is none: %s', async (sql, code) => {
  const database = memorySqlite();
  const repository = await SqlTaskRepository.open(database);
  await repository.insert(task);
  await database.run(sql);
  expect(await codeOf(repository.find('a'))).toBe(code);
});
