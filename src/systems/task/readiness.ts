import { stored, type TaskBook } from './task-book.ts';
import type { TaskQueue } from './task-queue.ts';
import type { TaskRepository } from './task-repository.ts';
import { changed, isFinished, type Task } from './task.ts';

/** What became of a task that was looked at again. */
export type Reconsidered =
  /** It is not stored. */
  | 'unknown'
  /** Nothing is left to do for it. */
  | 'finished'
  /** An attempt of this manager is running. */
  | 'active'
  /** Something that it depends on has not finished. */
  | 'waiting'
  /** It is in the queue. */
  | 'ready'
  /** Something that it depends on has failed or was cancelled, and so it was cancelled. */
  | 'cancelled';

/** What keeps a task from being started: another one, which will never complete or may still do so. */
export interface Obstacle {
  readonly id: string;
  readonly finished: boolean;
}

export interface ReadinessOptions {
  readonly book: TaskBook;
  readonly repository: TaskRepository;
  readonly queue: TaskQueue;
  /** Whether this process runs that attempt. */
  readonly isActive: (task: Task) => boolean;
  readonly announce: {
    readonly ready: (id: string) => void;
    readonly requeued: (task: Task) => void;
    readonly cancelled: (task: Task) => void;
  };
}

/**
 * Brings queue and database in line, one task at a time. The same few lines serve a new task, the end of one that
 * others wait for, a repetition after a failure, and recovery: so none of these can forget what another remembers.
 */
export class Readiness {
  readonly #options: ReadinessOptions;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** The first of `ids` that has not completed. @throws TaskError `storage` */
  async obstacle(ids: readonly string[]): Promise<Obstacle | undefined> {
    if (ids.length === 0) return undefined;
    const statuses = await stored('reading dependencies', () => this.#options.repository.statuses(ids));
    const open = ids.filter((id) => statuses.get(id) !== 'completed');
    const never = open.find((id) => ['failed', 'cancelled'].includes(statuses.get(id) ?? 'failed'));
    if (never !== undefined) return { id: never, finished: true };
    return open[0] === undefined ? undefined : { id: open[0], finished: false };
  }

  /**
   * Looks at `first`, and at all that waits for it if it has finished. Tells `failed` of each that could not be looked
   * at; says what became of `first`.
   */
  async settle(first: string, failed: (id: string, error: unknown) => void): Promise<Reconsidered> {
    const { book, repository } = this.#options;
    const open = [first];
    let answer: Reconsidered = 'unknown';
    for (const id of open) {
      try {
        const found = await book.exclusively(id, () => this.#consider(id));
        if (id === first) answer = found;
        if (found !== 'finished' && found !== 'cancelled') continue;
        open.push(...(await stored('reading what waits', () => repository.waitingFor(id))));
      } catch (error) {
        failed(id, error);
      }
    }
    return answer;
  }

  async #consider(id: string): Promise<Reconsidered> {
    const { book, isActive, announce } = this.#options;
    let task = await book.fresh(id);
    // Goes round again only if the task has been changed.
    for (; task !== undefined; task = await book.fresh(id)) {
      if (isFinished(task)) return 'finished';
      if (task.status === 'running') {
        if (isActive(task)) return 'active';
        const queued = changed(task, { status: 'queued' });
        if (await book.replace(queued)) announce.requeued(queued);
        continue;
      }
      const obstacle = await this.obstacle(task.dependsOn);
      if (obstacle === undefined) {
        await this.#enqueue(id);
        return 'ready';
      }
      if (!obstacle.finished) return 'waiting';
      const cancelled = changed(task, { status: 'cancelled', outcome: `task ${obstacle.id} did not complete` });
      if (!(await book.replace(cancelled))) continue;
      announce.cancelled(cancelled);
      return 'cancelled';
    }
    return 'unknown';
  }

  async #enqueue(id: string): Promise<void> {
    const { queue, announce } = this.#options;
    const done = await stored(`enqueueing task ${id}`, async () => {
      if (await queue.contains(id)) return false;
      await queue.enqueue(id);
      return true;
    });
    if (done) announce.ready(id);
  }
}
