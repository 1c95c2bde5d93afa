import { ReadyQueue, SqlTaskRepository, TaskManager, type SqlDatabase } from '../../../src/systems/index.ts';
import { Flaky, memorySqlite } from './memory-sqlite.ts';

export interface OpenTasks {
  readonly database: Flaky;
  readonly repository: SqlTaskRepository;
  readonly queue: ReadyQueue;
  readonly manager: TaskManager;
}

/** A task manager over a database in memory. */
export async function openTasks(database: SqlDatabase = memorySqlite(), cacheLimit = 100): Promise<OpenTasks> {
  const flaky = new Flaky(database);
  const repository = await SqlTaskRepository.open(flaky);
  const queue = new ReadyQueue();
  return {
    database: flaky,
    repository,
    queue,
    manager: new TaskManager({ repository, queue, retryMs: 5, cacheLimit }),
  };
}

/** What `promise` rejects with, as its code. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
