/**
 * Seed 004, W2 and W8 to W10: what both specimens share. The document prints none of this; it names the parts (Task,
 * TaskId, the repository, the queue and its `contains`) and says that results are values and that the repository is a
 * database.
 */
import { err, ok, type Result } from './result.ts';
import type { Connection, SavedTask } from './database.ts';

export type TaskId = string;

export interface Task {
  readonly id: TaskId;
  readonly prompt: string;
  readonly status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  readonly progress: string;
}

export interface TaskRepository {
  save(task: Task): Promise<Result<Task>>;
  findById(taskId: TaskId): Promise<Result<Task | undefined>>;
  findUnfinished(): Promise<Result<readonly Task[]>>;
}

/** The repository over a connection: what the connection throws becomes a result. */
export function repositoryOf(connection: Connection): TaskRepository {
  const attempt = async <T>(access: () => Promise<T>): Promise<Result<T>> => {
    try {
      return ok(await access());
    } catch (error) {
      return err(String(error));
    }
  };
  return {
    save: (task) =>
      attempt(async () => {
        const { id, prompt: payload, status, progress } = task;
        await connection.save({ id, payload, status, progress });
        return task;
      }),
    findById: (taskId) =>
      attempt(async () => {
        const row = await connection.find(taskId);
        return row === undefined ? undefined : taskOf(row);
      }),
    findUnfinished: () => attempt(async () => (await connection.allUnfinished()).map(taskOf)),
  };
}

function taskOf({ id, payload: prompt, status, progress }: SavedTask): Task {
  return { id, prompt, status, progress };
}

/** First in, first out, in memory. With a capacity it can be full. */
export class TaskQueue {
  readonly #tasks: Task[] = [];
  readonly #capacity: number;

  constructor(capacity = Infinity) {
    this.#capacity = capacity;
  }

  enqueue(task: Task): Result<void> {
    if (this.#tasks.length >= this.#capacity) return err('the queue is full');
    this.#tasks.push(task);
    return ok(undefined);
  }

  dequeue(): Task | undefined {
    return this.#tasks.shift();
  }

  contains(taskId: TaskId): boolean {
    return this.#tasks.some((task) => task.id === taskId);
  }
}
