/**
 * The two worker pools behind the same few words, on simulated child processes. A task's prompt names the script of
 * its process.
 */
import type { ChildFault, Children, ChildScript, ChildrenOptions, Sim } from 'heddle';
import { PoolError, WorkerPool, type WorkerStatus } from 'heddle/systems';
import * as found from './as-found.ts';

export interface PoolOptions {
  readonly maxWorkers?: number;
  /** The bound of tasks that have none of their own, where there is such a thing. */
  readonly defaultTimeoutMs?: number;
  readonly maxTimeoutMs?: number;
  readonly faults?: readonly ChildFault[];
  readonly children?: Omit<ChildrenOptions, 'script' | 'faults'>;
  /** Notes a task, and may fail: after its start for the pool itself, before it for its caller. */
  readonly save?: 'after the start' | 'before the start';
}

export interface Task {
  readonly id: string;
  readonly script: ChildScript;
  readonly timeout?: number;
}

/** What somebody was told of a task's end. */
export interface Outcome {
  readonly id: string;
  readonly status: WorkerStatus;
  /** Virtual ms. */
  readonly at: number;
}

export const KILL_GRACE = 50;

export abstract class Pool {
  readonly children: Children;
  readonly maxWorkers: number;
  readonly outcomes: Outcome[] = [];
  /** Starts that the pool has not refused, by task. */
  readonly starts = new Map<string, number>();
  /** Tasks of which the pool has said that they could not be started. */
  readonly failedStarts = new Set<string>();
  /** Tasks that somebody has asked to be killed. */
  readonly killed = new Set<string>();
  readonly tasks = new Map<string, Task>();
  protected readonly sim: Sim;
  protected readonly storeFails: boolean;

  constructor(sim: Sim, options: PoolOptions) {
    this.sim = sim;
    this.maxWorkers = options.maxWorkers ?? 10;
    this.storeFails = options.save === 'after the start';
    this.children = sim.children({
      ...options.children,
      script: (_command, [prompt]) => this.tasks.get(prompt!)?.script,
      faults: options.faults ?? [],
    });
  }

  /** Workers by the pool's own count. */
  abstract get counted(): number;
  protected abstract perform(task: Task): Promise<void> | void;
  protected abstract stop(id: string): void;
  abstract close(): Promise<void> | void;

  /** Starts a task; what is refused is as if it had never been. */
  async start(task: Task): Promise<void> {
    this.tasks.set(task.id, task);
    await this.perform(task);
  }

  kill(id: string): void {
    this.killed.add(id);
    this.stop(id);
  }

  /** The next outcome of the task. */
  next(id: string): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#waiting.push({ id, resolve });
    });
  }

  #waiting: { readonly id: string; readonly resolve: (outcome: Outcome) => void }[] = [];

  /** Waits until no process of its is left, at most so many virtual ms. */
  async drained(atMost: number): Promise<void> {
    const until = this.sim.now + atMost;
    for (let ms = 20; this.sim.now < until && this.children.all.some(({ closed }) => !closed); ms *= 2) {
      await this.sim.sleep(Math.min(ms, until - this.sim.now));
    }
  }

  protected started(id: string): void {
    this.starts.set(id, (this.starts.get(id) ?? 0) + 1);
  }

  protected ended(id: string, status: WorkerStatus): void {
    const outcome = { id, status, at: this.sim.now };
    this.outcomes.push(outcome);
    for (const { resolve } of this.#waiting.filter((each) => each.id === id)) resolve(outcome);
    this.#waiting = this.#waiting.filter((each) => each.id !== id);
  }

  /** A store of tasks whose save may fail. */
  protected async save(): Promise<void> {
    await this.store.save();
  }

  get store(): { save(): Promise<void> } {
    this.#store ??= this.sim.device(
      'store',
      { save: () => undefined },
      { faults: this.storeFails ? ['lost request'] : [], latency: [1, 10] },
    );
    return this.#store;
  }

  #store: { save(): Promise<void> } | undefined;
}

class Ours extends Pool {
  readonly #pool: WorkerPool;
  readonly #options: PoolOptions;

  constructor(sim: Sim, options: PoolOptions) {
    super(sim, options);
    const { maxWorkers } = this;
    const { defaultTimeoutMs = 10_000, maxTimeoutMs = 10_000 } = options;
    this.#options = options;
    const { spawn } = this.children;
    this.#pool = new WorkerPool({ spawn, maxWorkers, defaultTimeoutMs, maxTimeoutMs, killGraceMs: KILL_GRACE });
    this.#pool.on('ended', ({ taskId, status }) => {
      this.ended(taskId, status);
    });
  }

  get counted(): number {
    return this.#pool.monitor.running;
  }

  protected async perform({ id, timeout }: Task): Promise<void> {
    const { save } = this.#options;
    if (save === 'before the start') await this.save();
    const register = save === 'after the start' ? () => this.save() : undefined;
    try {
      const run = this.#pool.run({ id, command: 'claude', args: [id], timeoutMs: timeout }, { register });
      this.started(id);
      const { status } = await run;
      if (status === 'not-registered') this.failedStarts.add(id);
    } catch (error) {
      if (!(error instanceof PoolError)) throw error;
      this.starts.set(id, this.starts.get(id)! - 1);
    }
  }

  protected stop(id: string): void {
    this.#pool.kill(id);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

class AsFound extends Pool {
  readonly #monitor: found.ResourceMonitor;
  readonly #pool: found.WorkerPool;
  readonly #manager: found.TaskManager;

  constructor(sim: Sim, options: PoolOptions) {
    super(sim, options);
    this.#monitor = new found.ResourceMonitor(this.maxWorkers);
    const repository: found.TaskRepository = {
      save: async () => {
        try {
          await this.save();
          return { ok: true, value: undefined };
        } catch (error) {
          return { ok: false, error: error as Error };
        }
      },
    };
    this.#pool = new found.WorkerPool({
      spawner: this.spawner(),
      monitor: this.#monitor,
      outputCapture: new found.OutputCapture(),
      repository: options.save === 'after the start' ? repository : undefined,
      onTaskComplete: (id, exitCode) => {
        this.ended(id, exitCode === 0 ? 'completed' : 'failed');
      },
      onTaskTimeout: (id) => {
        this.ended(id, 'timed-out');
      },
    });
    const before = options.save === 'before the start' ? repository : undefined;
    this.#manager = new found.TaskManager(this.#pool, this.#monitor, before);
  }

  protected spawner(): found.ProcessSpawner {
    return new found.ProcessSpawner(this.children.spawn);
  }

  get counted(): number {
    return this.#monitor.getWorkerCount();
  }

  protected async perform({ id, timeout }: Task): Promise<void> {
    this.started(id);
    const result = await this.#manager.delegate({ id, prompt: id, ...(timeout !== undefined && { timeout }) });
    if (!result.ok) this.failedStarts.add(id);
  }

  protected stop(id: string): void {
    this.#pool.kill(id);
  }

  close(): void {
    this.#pool.killAll();
  }
}

/** A mutant: the process of the pool as found, killed by its pid. */
class ByPid extends AsFound {
  protected override spawner(): found.ProcessSpawner {
    const { children } = this;
    return new (class extends found.ProcessSpawner {
      override spawn(prompt: string): ReturnType<found.ProcessSpawner['spawn']> {
        const result = super.spawn(prompt);
        if (!result.ok) return result;
        const { process, pid } = result.value;
        process.kill = (signal) => {
          // Makes sure that it ends, as many do.
          setTimeout(() => {
            try {
              children.kill(pid, 'SIGKILL');
            } catch {
              // It is gone.
            }
          }, KILL_GRACE);
          return children.kill(pid, signal);
        };
        return result;
      }
    })(children.spawn);
  }
}

export const ours =
  (options: PoolOptions = {}) =>
  (sim: Sim): Pool =>
    new Ours(sim, options);

export const asFound =
  (options: PoolOptions = {}) =>
  (sim: Sim): Pool =>
    new AsFound(sim, options);

export const byPid =
  (options: PoolOptions = {}) =>
  (sim: Sim): Pool =>
    new ByPid(sim, options);
