import type { Task, TaskState } from './task.ts';

/**
 * Where tasks are kept: the truth, of which the manager's cache is a copy. Each method is all or nothing.
 *
 * What a method rejects with is a failure of the storage, unless it is a `TaskError`; whether it did its work is then
 * unknown.
 */
export interface TaskRepository {
  /**
   * Stores a new task. Resolves with the stored one, which is the earlier one if its id is known.
   *
   * @throws TaskError `unknown-dependency` if a task that it depends on is not stored.
   */
  insert(task: Task): Promise<Task>;
  find(id: string): Promise<Task | undefined>;
  /** Stores `task` in place of the same task of the version before it; false if the stored one has another version. */
  replace(task: Task): Promise<boolean>;
  /** Ids of all tasks that are queued or running, in the order in which they were inserted. */
  unfinished(): Promise<readonly string[]>;
  /** Ids of all queued tasks that depend on `id`, in the order in which they were inserted. */
  waitingFor(id: string): Promise<readonly string[]>;
  /** Status by id, of those of `ids` that are stored. */
  statuses(ids: readonly string[]): Promise<ReadonlyMap<string, TaskState>>;
  /** Tasks in the order in which they were inserted: at most `limit`, after the one called `after`, if that is given. */
  list(page: TaskPage): Promise<readonly Task[]>;
  close(): Promise<void>;
}

/** Which tasks to list. */
export interface TaskPage {
  readonly limit: number;
  readonly status?: TaskState | undefined;
  readonly after?: string | undefined;
}
