import { Announcer } from '../breaker/announcer.ts';
import { ExpiryTimer } from '../budget/expiry-timer.ts';
import {
  checkedRequest,
  requireAttempt,
  requireCount,
  requireDelay,
  requireId,
  requireText,
  storable,
} from './task-arguments.ts';
import { Readiness, type Reconsidered } from './readiness.ts';
import { stored, TaskBook } from './task-book.ts';
import { TaskError } from './task-error.ts';
import type { TaskEvents } from './task-events.ts';
import { closed, idTaken, staleAttempt, wrongState } from './task-refusals.ts';
import type { TaskQueue } from './task-queue.ts';
import type { TaskPage, TaskRepository } from './task-repository.ts';
import { changed, isFinished, type Task, type TaskRequest } from './task.ts';

export interface TaskManagerOptions {
  /** The truth. It belongs to whoever opened it: `close()` leaves it open. */
  readonly repository: TaskRepository;
  /** Where ready tasks wait to be taken. */
  readonly queue: TaskQueue;
  /** After how many ms work is tried again that failed where no caller waits. Default 1,000. */
  readonly retryMs?: number;
  /** How many tasks are kept in memory at most. Default 10,000. */
  readonly cacheLimit?: number;
}

/**
 * Delegated tasks, kept in a database so that none is forgotten.
 *
 * - The database comes first, the cache last: what `status` says has been stored.
 * - Operations on one task take turns; those on different tasks do not wait for each other.
 * - Every operation can be repeated with the same arguments after a failure, and is then done once.
 * - A task becomes ready when all that it depends on has completed. If one of these fails or is cancelled, so is the task.
 * - A task is started once at a time; an attempt that died with its process is repeated after recovery. So work is done
 *   at least once, always with the same `id`: a receiver that remembers ids sees each effect once.
 *
 * One manager at a time is to be in charge of a database. A second one does no harm to the data (every write names the
 * version that it replaces), but repeats what the first is doing.
 *
 * @example
 * ```ts
 * import { ReadyQueue, TaskManager, type TaskRepository } from 'heddle/systems';
 * export async function example(repository: TaskRepository): Promise<void> {
 *   const tasks = new TaskManager({ repository, queue: new ReadyQueue() });
 *   await tasks.delegate({ id: 'report-7', payload: 'write the report' });
 *   const task = await tasks.takeNext();
 *   if (task !== undefined) await tasks.complete(task.id, task.attempt, 'written');
 *   await tasks.close();
 * }
 * ```
 */
export class TaskManager extends Announcer<TaskEvents> {
  readonly #repository: TaskRepository;
  readonly #queue: TaskQueue;
  readonly #book: TaskBook;
  readonly #readiness: Readiness;
  readonly #retryMs: number;
  /** Attempts that this manager has started and nobody has ended. */
  readonly #active = new Map<string, number>();
  readonly #deferred = new Set<string>();
  readonly #retry = new ExpiryTimer(() => {
    void this.#retryDeferred();
  });
  #underWay = 0;
  #idle: (() => void)[] = [];
  #closed = false;

  /** @throws TaskError `invalid-argument` */
  constructor(options: TaskManagerOptions) {
    super();
    const { repository, queue, retryMs = 1_000, cacheLimit = 10_000 } = options;
    requireDelay('retryMs', retryMs);
    requireCount('cacheLimit', cacheLimit);
    this.#repository = repository;
    this.#queue = queue;
    this.#retryMs = retryMs;
    const book = new TaskBook(repository, cacheLimit);
    this.#book = book;
    this.#readiness = new Readiness({
      book,
      repository,
      queue,
      isActive: ({ id, attempt }) => this.#active.get(id) === attempt,
      announce: {
        ready: (id) => {
          this.announce('ready', { id });
        },
        requeued: (task) => {
          this.announce('requeued', task);
        },
        cancelled: (task) => {
          this.announce('cancelled', task);
        },
      },
    });
  }

  /**
   * Takes over a task. When it resolves the task is stored. The same request again returns the task that there is.
   *
   * @throws TaskError `invalid-argument`, `unknown-dependency`, `id-taken`, `storage`, `closed`
   */
  async delegate(request: TaskRequest): Promise<Task> {
    const { id, payload, dependsOn } = checkedRequest(request);
    return this.#during(async () => {
      const wanted: Task = Object.freeze({
        id,
        payload,
        dependsOn: Object.freeze(dependsOn),
        status: 'queued',
        attempt: 0,
        outcome: null,
        progress: '',
        version: 1,
      });
      const task = await this.#book.exclusively(id, () => this.#book.insert(wanted));
      if (task.payload !== payload || task.dependsOn.join('\0') !== dependsOn.join('\0')) throw idTaken(id);
      if (task === wanted) this.announce('delegated', task);
      await this.#readiness.settle(id, this.#defer);
      return task;
    });
  }

  /**
   * Takes the next ready task out of the queue and starts it; undefined if none is ready. What cannot be started
   * because the storage fails is tried again later, and does not hold up the others.
   *
   * @throws TaskError `storage` if the queue fails, `closed`
   */
  async takeNext(): Promise<Task | undefined> {
    return this.#during(async () => {
      for (;;) {
        const id = await stored('taking a task from the queue', () => this.#queue.take());
        if (id === undefined) return undefined;
        try {
          return await this.#start(id);
        } catch (error) {
          // The queue may hold what has been started or cancelled meanwhile: then there is nothing to do.
          if (error instanceof TaskError && (error.code === 'wrong-state' || error.code === 'unknown-task')) continue;
          this.#defer(id, error);
        }
      }
    });
  }

  /**
   * Starts a task that is ready. Its `attempt` proves, in `complete` and `fail`, which attempt has ended.
   *
   * @throws TaskError `invalid-argument`, `unknown-task`, `wrong-state`, `storage`, `closed`
   */
  async start(id: string): Promise<Task> {
    requireId('id', id);
    return this.#during(() => this.#start(id));
  }

  /**
   * Ends an attempt that has done its work.
   *
   * @throws TaskError `invalid-argument`, `unknown-task`, `wrong-state`, `stale-attempt`, `storage`, `closed`
   */
  async complete(id: string, attempt: number, result = ''): Promise<Task> {
    return this.#end(id, attempt, 'completed', result);
  }

  /** Ends an attempt whose work has failed for good. Throws as `complete`. */
  async fail(id: string, attempt: number, reason: string): Promise<Task> {
    return this.#end(id, attempt, 'failed', reason);
  }

  /**
   * Cancels a task that has not finished. An attempt that is running hears of it by the event; what it has done by
   * then is done.
   *
   * @throws TaskError `invalid-argument`, `unknown-task`, `wrong-state` if it has finished, `storage`, `closed`
   */
  async cancel(id: string, reason = ''): Promise<Task> {
    requireId('id', id);
    requireText('reason', reason);
    return this.#during(async () => {
      const task = await this.#book.exclusively(id, async () => {
        const cancelled = await this.#book.change(id, (found) => {
          if (found.status === 'cancelled') return found;
          if (isFinished(found)) throw wrongState(found, 'queued or running');
          return changed(found, { status: 'cancelled', outcome: reason });
        });
        this.#active.delete(id);
        this.announce('cancelled', cancelled);
        return cancelled;
      });
      await this.#readiness.settle(id, this.#defer);
      return task;
    });
  }

  /**
   * Changes what is noted about a task that has not finished; no other change gets lost. `change` is given what is
   * noted so far and may be called more than once: it should do nothing but return the new text.
   *
   * @throws TaskError `invalid-argument`, `unknown-task`, `wrong-state`, `storage`, `closed`; and what `change` throws
   */
  async update(id: string, change: (progress: string) => string): Promise<Task> {
    requireId('id', id);
    return this.#during(() =>
      this.#book.exclusively(id, async () => {
        const task = await this.#book.change(id, (found) => {
          if (isFinished(found)) throw wrongState(found, 'queued or running');
          const progress: unknown = change(found.progress);
          requireText('progress', progress);
          return changed(found, { progress });
        });
        this.announce('updated', task);
        return task;
      }),
    );
  }

  /** The task as it is stored. @throws TaskError `invalid-argument`, `unknown-task`, `storage`, `closed` */
  async status(id: string): Promise<Task> {
    requireId('id', id);
    return this.#during(
      // What is not in memory is read when nobody changes it: a stale answer must not overwrite a newer one.
      () => this.#book.cached(id) ?? this.#book.exclusively(id, () => this.#book.current(id)),
    );
  }

  /** A page of tasks, from the database. @throws TaskError `invalid-argument`, `storage`, `closed` */
  async list(page: TaskPage): Promise<readonly Task[]> {
    requireCount('limit', page.limit);
    if (page.after !== undefined) requireId('after', page.after);
    return this.#during(() => stored('listing tasks', () => this.#repository.list(page)));
  }

  /**
   * Looks at a task again, in the database and in the queue, and does what is left to do: puts it into the queue if it
   * is ready and not there, takes an attempt back that died with another process, cancels it if it can never become
   * ready, and looks at what waits for it if it has finished. Doing it once too often changes nothing.
   *
   * @throws TaskError `invalid-argument`, `malformed-record`, `storage`, `closed`
   */
  async reconsider(id: string): Promise<Reconsidered> {
    requireId('id', id);
    return this.#during(() =>
      this.#readiness.settle(id, (_id, error) => {
        throw error;
      }),
    );
  }

  /** Refuses what comes from now on, and resolves when what is under way has ended. Leaves no timer. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retry.stop();
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #during<T>(work: () => Promise<T> | T): Promise<T> {
    if (this.#closed) throw closed();
    this.#underWay += 1;
    try {
      return await work();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const tell of this.#idle.splice(0)) tell();
    }
  }

  #start(id: string): Promise<Task> {
    return this.#book.exclusively(id, async () => {
      const { dependsOn } = await this.#book.current(id);
      const obstacle = await this.#readiness.obstacle(dependsOn);
      const task = await this.#book.change(id, (found) => {
        const orphaned = found.status === 'running' && this.#active.get(id) !== found.attempt;
        if (obstacle !== undefined || (found.status !== 'queued' && !orphaned)) throw wrongState(found, 'ready');
        return changed(found, { status: 'running', attempt: found.attempt + 1 });
      });
      this.#active.set(id, task.attempt);
      this.announce('started', task);
      return task;
    });
  }

  async #end(id: string, attempt: number, status: 'completed' | 'failed', outcome: string): Promise<Task> {
    requireId('id', id);
    requireAttempt(attempt);
    if (typeof outcome !== 'string') requireText('outcome', outcome);
    return this.#during(async () => {
      const task = await this.#book.exclusively(id, async () => {
        const call = { repeated: false };
        const ended = await this.#book.change(id, (found) => {
          if (found.attempt !== attempt) throw staleAttempt(found, attempt);
          call.repeated = found.status === status;
          if (call.repeated) return found;
          if (found.status !== 'running') throw wrongState(found, 'running');
          return changed(found, { status, outcome: storable(outcome) });
        });
        this.#active.delete(id);
        if (!call.repeated) this.announce(status, ended);
        return ended;
      });
      await this.#readiness.settle(id, this.#defer);
      return task;
    });
  }

  readonly #defer = (id: string, error: unknown): void => {
    this.#deferred.add(id);
    if (!this.#closed) this.#retry.ensure(this.#retryMs);
    this.announce('deferred', { id, error });
  };

  async #retryDeferred(): Promise<void> {
    const ids = [...this.#deferred];
    this.#deferred.clear();
    await this.#during(async () => {
      for (const id of ids) await this.#readiness.settle(id, this.#defer);
    });
  }
}
