/**
 * Seed 004, W2: the task manager after the documented fix: database first, cache last, a lock per task; and with the
 * lines of which the document says that they still diverge.
 *
 * Lines without a mark are the document's own, with types added. Lines marked `completed` stand where the document
 * says "..." or only describes the code in words; a mark alone on its line belongs to the line below it, a mark at
 * the head of a block to the whole block. The document's words that bind them: "wrap task state modifications with
 * withTaskLock()", "fail fast on DB errors", "memory cache updated only after success".
 */
import type { Task, TaskId, TaskQueue, TaskRepository } from './document-model.ts';
import { err, ok, type Result } from './result.ts';

export class TaskManager {
  readonly tasks: Map<TaskId, Task> = new Map();
  readonly taskLocks: Map<TaskId, Promise<void>> = new Map();
  private readonly queue: TaskQueue; // completed
  private readonly repository: TaskRepository | undefined;
  private readonly work: ((task: Task) => Promise<void>) | undefined; // completed

  // completed: `work` stands for the worker pool
  constructor(queue: TaskQueue, repository?: TaskRepository, work?: (task: Task) => Promise<void>) {
    this.queue = queue;
    this.repository = repository;
    this.work = work;
  }

  // As printed, but for `private`: scenarios use it, too.
  async withTaskLock<T>(taskId: TaskId, operation: () => Promise<T>): Promise<T> {
    const existingLock = this.taskLocks.get(taskId);
    if (existingLock) await existingLock;

    const lockPromise = (async () => {
      try {
        return await operation();
      } finally {
        this.taskLocks.delete(taskId);
      }
    })();

    this.taskLocks.set(
      taskId,
      lockPromise.then(() => {}),
    );
    return await lockPromise;
  }

  // completed
  delegate(task: Task): Promise<Result<Task>> {
    // completed
    return this.withTaskLock(task.id, async () => {
      // Database operation first
      if (this.repository) {
        const saveResult = await this.repository.save(task);
        if (!saveResult.ok) {
          return saveResult; // Fail fast on DB errors
        }
      }
      const enqueueResult = this.queue.enqueue(task); // Operations first
      if (!enqueueResult.ok) return enqueueResult; // completed
      // Memory cache updated only after success
      this.tasks.set(task.id, task); // Memory cache last
      void this.tryProcessNext(); // completed
      return ok(task); // completed
    });
  }

  // completed: the name is the document's
  async tryProcessNext(): Promise<void> {
    if (this.work === undefined) return;
    const task = this.queue.dequeue();
    if (task === undefined) return;
    await this.updateTask(task.id, () => ({ status: 'running' }));
    await this.work(task);
    await this.onWorkerComplete(task.id, 0);
  }

  // completed: a modification of any kind, in the printed order
  updateTask(taskId: TaskId, update: (task: Task) => Partial<Task>): Promise<Result<Task>> {
    // completed
    return this.withTaskLock(taskId, async () => {
      const found = await this.getStatus(taskId); // completed
      if (!found.ok) return found; // completed
      const task = { ...found.value, ...update(found.value) }; // completed
      // Database operation first
      if (this.repository) {
        const saveResult = await this.repository.save(task);
        if (!saveResult.ok) {
          return saveResult; // Fail fast on DB errors
        }
      }
      // Memory cache updated only after success
      this.tasks.set(task.id, task);
      return ok(task); // completed
    });
  }

  // completed
  onWorkerComplete(taskId: TaskId, exitCode: number): Promise<Result<Task>> {
    // completed
    return this.withTaskLock(taskId, async () => {
      const found = await this.getStatus(taskId); // completed
      if (!found.ok || this.repository === undefined) return found; // completed
      const task = found.value; // completed
      const updatedTask: Task = { ...task, status: exitCode === 0 ? 'completed' : 'failed' }; // completed
      let taskToCache = updatedTask; // completed
      const saveResult = await this.repository.save(updatedTask); // completed
      if (!saveResult.ok) {
        taskToCache = task; // Memory shows different state than database
      }
      this.tasks.set(taskId, taskToCache); // ARCHITECTURALLY BROKEN
      return saveResult; // completed
    });
  }

  // completed: what is not in memory, as after a restart, is read from the database
  async getStatus(taskId: TaskId): Promise<Result<Task>> {
    const cached = this.tasks.get(taskId);
    if (cached !== undefined || this.repository === undefined)
      return cached === undefined ? err('unknown') : ok(cached);
    const findResult = await this.repository.findById(taskId);
    if (!findResult.ok) return findResult;
    return findResult.value === undefined ? err(`no task ${taskId}`) : ok(findResult.value);
  }
}
