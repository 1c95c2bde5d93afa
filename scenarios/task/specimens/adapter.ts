/** The three task managers behind the same few words, so that one body drives each of them. */
import type { Sim } from 'heddle';
import { KeyedMutex, ReadyQueue, TaskManager } from 'heddle/systems';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';
import { Connection, Rows, type ConnectionOptions } from './database.ts';
import { repositoryOf, TaskQueue, type TaskRepository } from './document-model.ts';
import type { Result } from './result.ts';

/** What a client sees of a task, and what is stored of it. */
export interface View {
  readonly status: string;
  readonly progress: string;
}

export interface Tasks {
  /** The database. */
  readonly rows: Rows;
  /** Each of these throws when it is refused. */
  delegate(id: string): Promise<unknown>;
  start(id: string): Promise<unknown>;
  /** The worker has ended. */
  complete(id: string): Promise<unknown>;
  cancel(id: string): Promise<unknown>;
  /** Adds `word` to the task's progress. */
  note(id: string, word: string): Promise<unknown>;
  /** Adds both words in one modification that makes two others. With `look`, it looks at the task before. */
  noteTwo(id: string, words: readonly [string, string], look: boolean): Promise<unknown>;
  status(id: string): Promise<View>;
  close(): Promise<void>;
}

class Ours implements Tasks {
  readonly rows = new Rows();
  readonly #manager: TaskManager;
  readonly #attempts = new Map<string, number>();

  constructor(sim: Sim, options: ConnectionOptions) {
    const repository = new Connection(sim, this.rows, options);
    this.#manager = new TaskManager({ repository, queue: new ReadyQueue() });
  }

  delegate(id: string): Promise<unknown> {
    return this.#manager.delegate({ id, payload: 'work' });
  }

  async start(id: string): Promise<unknown> {
    const task = await this.#manager.start(id);
    this.#attempts.set(id, task.attempt);
    return task;
  }

  complete(id: string): Promise<unknown> {
    return this.#manager.complete(id, this.#attempts.get(id) ?? 1);
  }

  cancel(id: string): Promise<unknown> {
    return this.#manager.cancel(id);
  }

  note(id: string, word: string): Promise<unknown> {
    return this.#manager.update(id, (progress) => `${progress} ${word}`);
  }

  async noteTwo(id: string, [first, second]: readonly [string, string], look: boolean): Promise<unknown> {
    let inner: Promise<unknown> | undefined;
    await this.#manager.update(id, (progress) => {
      inner ??= look ? this.#manager.status(id).then(() => this.note(id, second)) : this.note(id, second);
      return `${progress} ${first}`;
    });
    // The function is synchronous: what it begins can only be waited for when the modification is over.
    return inner;
  }

  status(id: string): Promise<View> {
    return this.#manager.status(id);
  }

  close(): Promise<void> {
    return this.#manager.close();
  }
}

type Manager = found.TaskManager | documented.TaskManager;

abstract class Specimen<M extends Manager> implements Tasks {
  readonly rows = new Rows();
  protected readonly manager: M;

  constructor(sim: Sim, options: ConnectionOptions, make: new (queue: TaskQueue, repository: TaskRepository) => M) {
    this.manager = new make(new TaskQueue(), repositoryOf(new Connection(sim, this.rows, options)));
  }

  async delegate(id: string): Promise<unknown> {
    return valueOf(await this.manager.delegate({ id, prompt: 'work', status: 'queued', progress: '' }));
  }

  async start(id: string): Promise<unknown> {
    return valueOf(await this.manager.updateTask(id, () => ({ status: 'running' })));
  }

  async complete(id: string): Promise<unknown> {
    return valueOf(await this.manager.onWorkerComplete(id, 0));
  }

  async cancel(id: string): Promise<unknown> {
    return valueOf(await this.manager.updateTask(id, () => ({ status: 'cancelled' })));
  }

  async note(id: string, word: string): Promise<unknown> {
    return valueOf(await this.manager.updateTask(id, ({ progress }) => ({ progress: `${progress} ${word}` })));
  }

  abstract noteTwo(id: string, words: readonly [string, string], look: boolean): Promise<unknown>;

  async status(id: string): Promise<View> {
    return valueOf(await this.manager.getStatus(id));
  }

  /** The document has nothing to close. */
  async close(): Promise<void> {}
}

class AsFound extends Specimen<found.TaskManager> {
  async noteTwo(id: string, [first, second]: readonly [string, string], look: boolean): Promise<unknown> {
    if (look) await this.status(id);
    await this.note(id, first);
    return this.note(id, second);
  }
}

class AsDocumented extends Specimen<documented.TaskManager> {
  /** "Wrapped", as the document's reminder demands; and so is each of the two that it is made of. */
  noteTwo(id: string, [first, second]: readonly [string, string], look: boolean): Promise<unknown> {
    return this.manager.withTaskLock(id, async () => {
      if (look) await this.status(id);
      await this.note(id, first);
      return this.note(id, second);
    });
  }
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

export function ours(options: ConnectionOptions = {}): (sim: Sim) => Tasks {
  return (sim) => new Ours(sim, options);
}

export function asFound(options: ConnectionOptions = {}): (sim: Sim) => Tasks {
  return (sim) => new AsFound(sim, options, found.TaskManager);
}

export function asDocumented(options: ConnectionOptions = {}): (sim: Sim) => Tasks {
  return (sim) => new AsDocumented(sim, options, documented.TaskManager);
}

/** The locks alone. */
export interface TaskLock {
  /** How many locks are kept. */
  readonly size: number;
  exclusively<T>(id: string, operation: () => Promise<T>): Promise<T>;
}

/** What our task manager takes its turns with. */
export function ourLock(): TaskLock {
  const mutex = new KeyedMutex<string>();
  return {
    get size() {
      return mutex.size;
    },
    exclusively: (id, operation) => mutex.runExclusive(id, operation),
  };
}

export function foundLock(): TaskLock {
  // There was none. Operations begin in a turn of their own promise, as those of an async method do.
  return { size: 0, exclusively: async (_id, operation) => await operation() };
}

export function documentedLock(): TaskLock {
  const manager = new documented.TaskManager(new TaskQueue());
  return {
    get size() {
      return manager.taskLocks.size;
    },
    exclusively: (id, operation) => manager.withTaskLock(id, operation),
  };
}
