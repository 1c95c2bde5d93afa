/**
 * Seed 004, W2: the task manager before the documented fix: memory first, no lock. W8 and W9: the recovery manager and
 * the start, for which the document names the fault and prints no line, and no fix.
 *
 * Lines without a mark are the document's own, with types added. Lines marked `completed` stand where the document
 * says "..." or only describes the code in words; a mark alone on its line belongs to the line below it, a mark at
 * the head of a block to the whole block.
 */
import type { Task, TaskId, TaskQueue, TaskRepository } from './document-model.ts';
import { err, ok, type Result } from './result.ts';

export class TaskManager {
  readonly tasks: Map<TaskId, Task> = new Map();
  private readonly queue: TaskQueue; // completed
  private readonly repository: TaskRepository; // completed
  private readonly work: ((task: Task) => Promise<void>) | undefined; // completed

  // completed: `work` stands for the worker pool
  constructor(queue: TaskQueue, repository: TaskRepository, work?: (task: Task) => Promise<void>) {
    this.queue = queue;
    this.repository = repository;
    this.work = work;
  }

  // completed
  async delegate(task: Task): Promise<Result<Task>> {
    this.tasks.set(task.id, task); // Memory first
    const enqueueResult = this.queue.enqueue(task); // Could fail
    if (!enqueueResult.ok) return enqueueResult; // completed
    const saveResult = await this.repository.save(task); // completed: the database last
    void this.tryProcessNext(); // completed
    return saveResult; // completed
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

  // completed: a modification of any kind, in the same order: memory first, then the database
  async updateTask(taskId: TaskId, update: (task: Task) => Partial<Task>): Promise<Result<Task>> {
    const found = await this.getStatus(taskId);
    if (!found.ok) return found;
    const updatedTask = { ...found.value, ...update(found.value) };
    this.tasks.set(taskId, updatedTask);
    return await this.repository.save(updatedTask);
  }

  // completed: the worker's end is a modification as any other
  onWorkerComplete(taskId: TaskId, exitCode: number): Promise<Result<Task>> {
    return this.updateTask(taskId, () => ({ status: exitCode === 0 ? 'completed' : 'failed' }));
  }

  // completed: what is not in memory, as after a restart, is read from the database
  async getStatus(taskId: TaskId): Promise<Result<Task>> {
    const cached = this.tasks.get(taskId);
    if (cached !== undefined) return ok(cached);
    const findResult = await this.repository.findById(taskId);
    if (!findResult.ok) return findResult;
    return findResult.value === undefined ? err(`no task ${taskId}`) : ok(findResult.value);
  }
}

/** "Only checks queue for duplicates, not database consistency." */
export class RecoveryManager {
  private readonly repository: TaskRepository; // completed
  private readonly queue: TaskQueue; // completed
  private readonly manager: TaskManager; // completed

  // completed
  constructor(repository: TaskRepository, queue: TaskQueue, manager: TaskManager) {
    this.repository = repository;
    this.queue = queue;
    this.manager = manager;
  }

  // completed: but for the call of queue.contains, which the document names
  async recover(): Promise<Result<number>> {
    const findResult = await this.repository.findUnfinished();
    if (!findResult.ok) return findResult;
    for (const task of findResult.value) {
      if (this.queue.contains(task.id)) continue;
      this.queue.enqueue(task);
      void this.manager.tryProcessNext();
    }
    return ok(findResult.value.length);
  }
}

/** "Recovery failure doesn't prevent server startup." */
export async function bootstrap(recovery: RecoveryManager, serve: () => Promise<void> | void): Promise<void> {
  // completed
  const recoveryResult = await recovery.recover();
  if (!recoveryResult.ok) console.error(`Recovery failed: ${recoveryResult.error.message}`);
  await serve();
}
