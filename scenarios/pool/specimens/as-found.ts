/**
 * Seed 004, W1 and W3 to W7: the worker pool and its parts as the document found them.
 *
 * The document prints two lines of the pool (`this.clearTimer(taskId)` when a worker completes, `this.timers.delete(taskId)`
 * when it times out), `this.workerCount++` of the resource monitor, the `||` of the output capture, and the pattern
 * "database operation first" of the task manager. All else is completed from its words; a mark alone on its line
 * belongs to the line below it.
 *
 * Completed as follows, each being what the document says:
 * - "double cleanup, incorrect worker counts": completion and time-out both clean up, whoever comes second, too;
 * - "timeout only enforced if task has explicit timeout";
 * - "partial spawn failures create zombie processes": when a later step of a spawn fails, the error is returned, and the
 *   process is left to itself; the step is the save, as "fail fast on DB errors" is printed;
 * - "buffer calculations don't handle Unicode edge cases": each chunk is decoded by itself, and its length is counted;
 * - "task config can change mid-execution": the limit is read at each chunk.
 */
import { spawn as nodeSpawn, type ChildProcess } from 'node:child_process';

export type TaskId = string;

export interface Task {
  readonly id: TaskId;
  readonly prompt: string; // completed
  timeout?: number; // completed
  maxOutputBuffer?: number; // completed
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Error };

export interface TaskRepository {
  save(task: Task): Promise<Result<void>>;
}

const DEFAULT_MAX_OUTPUT_BUFFER = 10 * 1024 * 1024; // completed

export class ResourceMonitor {
  private workerCount = 0;
  private readonly maxWorkers: number; // completed

  // completed
  constructor(maxWorkers: number) {
    this.maxWorkers = maxWorkers; // completed
  } // completed

  // completed
  canSpawnWorker(): boolean {
    return this.workerCount < this.maxWorkers; // completed
  } // completed

  // completed
  incrementWorkerCount(): void {
    this.workerCount++;
  } // completed

  // completed
  decrementWorkerCount(): void {
    this.workerCount--; // completed
  } // completed

  // completed
  getWorkerCount(): number {
    return this.workerCount; // completed
  } // completed
}

export class OutputCapture {
  protected readonly defaultLimit: number; // completed
  // completed
  private readonly buffers = new Map<TaskId, { text: string; size: number }>();
  private readonly configs = new Map<TaskId, { maxOutputBuffer?: number }>(); // completed

  // completed
  constructor(defaultLimit = DEFAULT_MAX_OUTPUT_BUFFER) {
    this.defaultLimit = defaultLimit; // completed
  } // completed

  // completed
  configureTask(taskId: TaskId, config: { maxOutputBuffer?: number }): void {
    this.configs.set(taskId, config); // completed
  } // completed

  /** The bytes that a task may print. */
  protected limitOf(config: { maxOutputBuffer?: number } | undefined): number {
    return config?.maxOutputBuffer || this.defaultLimit;
  }

  // completed
  capture(taskId: TaskId, data: Buffer): void {
    const limit = this.limitOf(this.configs.get(taskId)); // completed
    const buffer = this.buffers.get(taskId) ?? { text: '', size: 0 }; // completed
    this.buffers.set(taskId, buffer); // completed
    let text = data.toString(); // completed
    // completed
    if (buffer.size + text.length > limit) text = text.slice(0, limit - buffer.size);
    buffer.text += text; // completed
    buffer.size += text.length; // completed
  } // completed

  // completed
  getOutput(taskId: TaskId): string {
    return this.buffers.get(taskId)?.text ?? ''; // completed
  } // completed
}

export class ProcessSpawner {
  private readonly spawnProcess: typeof nodeSpawn; // completed

  // completed
  constructor(spawn: typeof nodeSpawn = nodeSpawn) {
    this.spawnProcess = spawn; // completed
  } // completed

  // completed
  spawn(prompt: string): Result<{ process: ChildProcess; pid: number }> {
    // completed
    try {
      // completed
      const process = this.spawnProcess('claude', [prompt], { stdio: ['ignore', 'pipe', 'pipe'] });
      // completed
      if (!process.pid) return { ok: false, error: new Error('Failed to spawn: no pid') };
      return { ok: true, value: { process, pid: process.pid } }; // completed
      // completed
    } catch (error) {
      return { ok: false, error: error as Error }; // completed
    } // completed
  } // completed
}

// completed
interface Worker {
  readonly taskId: TaskId; // completed
  readonly process: ChildProcess; // completed
}

export interface WorkerPoolOptions {
  readonly spawner: ProcessSpawner; // completed
  readonly monitor: ResourceMonitor; // completed
  readonly outputCapture: OutputCapture; // completed
  readonly repository?: TaskRepository | undefined;
  readonly onTaskComplete: (taskId: TaskId, exitCode: number) => void; // completed
  readonly onTaskTimeout: (taskId: TaskId, timeoutMs: number) => void; // completed
}

export class WorkerPool {
  private readonly workers = new Map<TaskId, Worker>(); // completed
  private readonly timers = new Map<TaskId, NodeJS.Timeout>();
  private readonly options: WorkerPoolOptions; // completed

  // completed
  constructor(options: WorkerPoolOptions) {
    this.options = options; // completed
  } // completed

  // completed
  async spawn(task: Task): Promise<Result<void>> {
    const { spawner, monitor, outputCapture, repository } = this.options; // completed
    const spawnResult = spawner.spawn(task.prompt); // completed
    if (!spawnResult.ok) return spawnResult; // completed
    const { process } = spawnResult.value; // completed
    // completed
    process.on('exit', (code) => {
      this.onWorkerComplete(task.id, code ?? 1); // completed
    }); // completed
    if (repository) {
      const saveResult = await repository.save(task);
      if (!saveResult.ok) {
        return saveResult; // Fail fast on DB errors
      }
    }
    outputCapture.configureTask(task.id, task); // completed
    // completed
    process.stdout?.on('data', (data: Buffer) => {
      outputCapture.capture(task.id, data); // completed
    }); // completed
    this.workers.set(task.id, { taskId: task.id, process }); // completed
    monitor.incrementWorkerCount(); // completed
    // completed
    if (task.timeout) {
      const timeoutMs = task.timeout; // completed
      // completed
      const timer = setTimeout(() => {
        this.handleTimeout(task.id, timeoutMs); // completed
      }, timeoutMs); // completed
      this.timers.set(task.id, timer); // completed
    } // completed
    return { ok: true, value: undefined }; // completed
  } // completed

  private onWorkerComplete(taskId: TaskId, exitCode: number): void {
    this.clearTimer(taskId);
    this.cleanup(taskId); // completed
    this.options.onTaskComplete(taskId, exitCode); // completed
  }

  private handleTimeout(taskId: TaskId, timeoutMs: number): void {
    this.timers.delete(taskId);
    this.workers.get(taskId)?.process.kill('SIGTERM'); // completed
    this.cleanup(taskId); // completed
    this.options.onTaskTimeout(taskId, timeoutMs); // completed
  }

  // completed
  private cleanup(taskId: TaskId): void {
    this.workers.delete(taskId); // completed
    this.options.monitor.decrementWorkerCount(); // completed
  } // completed

  private clearTimer(taskId: TaskId): void {
    clearTimeout(this.timers.get(taskId)); // completed
    this.timers.delete(taskId); // completed
  }

  // completed
  kill(taskId: TaskId): void {
    this.workers.get(taskId)?.process.kill('SIGTERM'); // completed
  } // completed

  // completed
  killAll(): void {
    for (const taskId of this.workers.keys()) this.kill(taskId); // completed
  } // completed
}

/** The start of tasks, as the task manager does it: `delegate` and `tryProcessNext` by their names. */
export class TaskManager {
  private readonly queue: Task[] = []; // completed
  private readonly pool: WorkerPool; // completed
  private readonly monitor: ResourceMonitor; // completed
  private readonly repository: TaskRepository | undefined;

  // completed
  constructor(pool: WorkerPool, monitor: ResourceMonitor, repository?: TaskRepository) {
    this.pool = pool; // completed
    this.monitor = monitor; // completed
    this.repository = repository; // completed
  } // completed

  // completed
  async delegate(task: Task): Promise<Result<void>> {
    this.queue.push(task); // completed
    return await this.tryProcessNext(); // completed
  } // completed

  // completed
  async tryProcessNext(): Promise<Result<void>> {
    if (!this.monitor.canSpawnWorker()) return { ok: true, value: undefined }; // completed
    const task = this.queue.shift(); // completed
    if (!task) return { ok: true, value: undefined }; // completed
    if (this.repository) {
      const saveResult = await this.repository.save(task);
      if (!saveResult.ok) {
        return saveResult; // Fail fast on DB errors
      }
    }
    return await this.pool.spawn(task); // completed
  } // completed
}
