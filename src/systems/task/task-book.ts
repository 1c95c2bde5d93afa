import { KeyedMutex } from '../lock/keyed-mutex.ts';
import { TaskError } from './task-error.ts';
import { storage, unknownTask } from './task-refusals.ts';
import type { TaskRepository } from './task-repository.ts';
import type { Task } from './task.ts';

/**
 * Tasks as one process sees them: the database first, a cache last, and one operation at a time on each task.
 *
 * A cached task is what the database held when this process last heard of it for sure. After a write whose end is
 * unknown the task leaves the cache, so that the next one to ask looks into the database.
 *
 * `current`, `fresh`, `insert` and `replace` are to be called inside of `exclusively`.
 */
export class TaskBook {
  readonly #repository: TaskRepository;
  readonly #locks = new KeyedMutex<string>();
  readonly #cache = new Map<string, Task>();
  readonly #cacheLimit: number;

  constructor(repository: TaskRepository, cacheLimit: number) {
    this.#repository = repository;
    this.#cacheLimit = cacheLimit;
  }

  /**
   * Runs `work` when no other operation on the task is under way. `work` must not ask for the same task again: it
   * would wait for itself. So no code of callers is ever awaited in it.
   */
  exclusively<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#locks.runExclusive(id, work);
  }

  /** What is cached, at once: the last state that was surely stored. */
  cached(id: string): Task | undefined {
    return this.#cache.get(id);
  }

  /** The task, from the cache if it is there. @throws TaskError `unknown-task`, `storage` */
  async current(id: string): Promise<Task> {
    const task = this.#cache.get(id) ?? (await this.fresh(id));
    if (task === undefined) throw unknownTask(id);
    return task;
  }

  /** The task as the database has it. @throws TaskError `storage` */
  async fresh(id: string): Promise<Task | undefined> {
    const task = await stored(`reading task ${id}`, () => this.#repository.find(id));
    if (task === undefined) this.#cache.delete(id);
    else this.#remember(task);
    return task;
  }

  /** Stores a new task and resolves with what is stored under its id. @throws TaskError `unknown-dependency`, `storage` */
  async insert(task: Task): Promise<Task> {
    const known = await stored(`storing task ${task.id}`, () => this.#repository.insert(task));
    this.#remember(known);
    return known;
  }

  /** Stores the next version; false if the database has another one than the cache. @throws TaskError `storage` */
  async replace(task: Task): Promise<boolean> {
    let done = false;
    try {
      done = await stored(`storing task ${task.id}`, () => this.#repository.replace(task));
    } finally {
      if (done) this.#remember(task);
      else this.#cache.delete(task.id);
    }
    return done;
  }

  /**
   * Changes the task as `decide` says, who is asked again if somebody else has changed it in between, and who leaves
   * it as it is by returning it. @throws what `decide` throws, TaskError `unknown-task`, `storage`
   */
  async change(id: string, decide: (task: Task) => Task): Promise<Task> {
    for (;;) {
      const task = await this.current(id);
      const next = decide(task);
      if (next === task || (await this.replace(next))) return next;
    }
  }

  #remember(task: Task): void {
    this.#cache.delete(task.id);
    this.#cache.set(task.id, task);
    if (this.#cache.size <= this.#cacheLimit) return;
    // The one that was touched longest ago: it is read again when somebody asks for it.
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest);
      return;
    }
  }
}

/** What `access` resolves with; what it throws as a `TaskError`, whatever it was. */
export async function stored<T>(what: string, access: () => Promise<T> | T): Promise<T> {
  try {
    return await access();
  } catch (error) {
    throw error instanceof TaskError ? error : storage(what, error);
  }
}
