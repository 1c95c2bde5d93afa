import type { spawn as nodeSpawn } from 'node:child_process';
import { Announcer } from '../breaker/announcer.ts';
import { OutputCapture, type CapturedOutput } from './output-capture.ts';
import { PoolError } from './pool-error.ts';
import { ProcessSpawner } from './process-spawner.ts';
import { ResourceMonitor, type WorkerSlot } from './resource-monitor.ts';
import { TaskConfigs, type TaskConfig, type TaskDefaults, type TaskSpec } from './task-config.ts';
import { asError, type ProcessEnd, type WorkerProcess } from './worker-process.ts';

export interface WorkerPoolOptions extends TaskDefaults {
  /** How many workers there may be at once. */
  readonly maxWorkers: number;
  /** A monitor that several pools share; then `maxWorkers` is the monitor's. */
  readonly monitor?: ResourceMonitor | undefined;
  /** Takes the place of `spawn` of `node:child_process`. */
  readonly spawn?: typeof nodeSpawn | undefined;
  /** ms from SIGTERM to SIGKILL. Default 5,000. */
  readonly killGraceMs?: number | undefined;
  /** ms for which output is waited for after the exit. Default 1,000. */
  readonly drainMs?: number | undefined;
}

/**
 * - `completed`: it exited with code 0;
 * - `failed`: it exited otherwise, or its output could not be read to the end;
 * - `timed-out`, `killed`: it was stopped before its exit was noticed;
 * - `not-registered`: it was stopped because its registration failed;
 * - `not-started`: there never was a process.
 */
export type WorkerStatus = 'completed' | 'failed' | 'timed-out' | 'killed' | 'not-registered' | 'not-started';

type StopReason = 'timed-out' | 'killed' | 'not-registered';

export interface RunOptions {
  /**
   * Called with the pid once the process is started, for instance to note it in a database. When it throws or rejects,
   * the process is stopped.
   */
  readonly register?: ((pid: number) => unknown) | undefined;
}

/** How a task ended. There is one for each task. */
export interface WorkerOutcome {
  readonly taskId: string;
  readonly status: WorkerStatus;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: CapturedOutput;
  /** Why it was not started or not registered, or why its output is not complete. */
  readonly error: Error | undefined;
}

export interface WorkerPoolEvents {
  started: [taskId: string, pid: number];
  ended: [outcome: WorkerOutcome];
}

interface Worker {
  readonly config: TaskConfig;
  readonly capture: OutputCapture;
  readonly slot: WorkerSlot;
  readonly resolve: (outcome: WorkerOutcome) => void;
  process: WorkerProcess | undefined;
  /** Why it is being stopped; the first reason stays. */
  stopped: StopReason | undefined;
  registrationError: Error | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Its process is gone: too late to stop it. */
  gone: boolean;
}

/**
 * Runs tasks as processes, each within its limits.
 *
 * A task has one outcome. Whoever comes first decides it: the exit, the time-out or a kill; the others find that out and do
 * nothing. A worker is counted from before its spawn until its exit has been noticed, and in no place but the monitor's.
 *
 * @example
 * ```ts
 * import { WorkerPool } from 'heddle/systems';
 * const pool = new WorkerPool({ maxWorkers: 2, defaultTimeoutMs: 60_000 });
 * const { status, output } = await pool.run({ id: 'build-7', command: 'node', args: ['-e', 'console.log("hello")'] });
 * console.log(status, output.stdout);
 * await pool.close();
 * ```
 */
export class WorkerPool extends Announcer<WorkerPoolEvents> {
  readonly monitor: ResourceMonitor;
  readonly #spawner: ProcessSpawner;
  readonly #configs: TaskConfigs;
  readonly #workers = new Map<string, Worker>();
  #closed = false;

  /** @throws PoolError 'invalid-argument' */
  constructor(options: WorkerPoolOptions) {
    super();
    const { maxWorkers, monitor, spawn, killGraceMs, drainMs } = options;
    this.monitor = monitor ?? new ResourceMonitor({ maxWorkers });
    this.#spawner = new ProcessSpawner({ spawn, killGraceMs, drainMs });
    this.#configs = new TaskConfigs(options);
  }

  /** Tasks without an outcome. */
  get size(): number {
    return this.#workers.size;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Runs a task; resolves with its outcome, whatever that is. The limits in force are those at this moment.
   *
   * Rejects with a `PoolError`, and has started nothing, when it is refused: 'no-capacity', 'task-running' (a task with
   * this id has no outcome yet), 'invalid-argument', 'closed'.
   */
  run(spec: TaskSpec, { register }: RunOptions = {}): Promise<WorkerOutcome> {
    // Nothing is awaited from here to the spawn: nobody comes between the reservation and what it is for.
    return new Promise((resolve) => {
      this.#refuseIfClosed();
      const config = this.#configs.snapshot(spec);
      if (this.#workers.has(config.id)) throw taskRunning(config.id);
      const slot = this.monitor.reserve();
      if (slot === undefined) throw noCapacity(this.monitor);
      const capture = new OutputCapture({ maxBytes: config.maxOutputBytes });
      const worker: Worker = {
        config,
        capture,
        slot,
        resolve,
        process: undefined,
        stopped: undefined,
        registrationError: undefined,
        timer: undefined,
        gone: false,
      };
      this.#workers.set(config.id, worker);
      this.#start(worker);
      void this.#register(worker, register);
    });
  }

  /** Stops a task. False when there is nothing to stop: it is unknown, being stopped already, or its process is gone. */
  kill(taskId: string): boolean {
    const worker = this.#workers.get(taskId);
    return worker !== undefined && stop(worker, 'killed');
  }

  /** What is in force for a task that has no outcome yet. */
  config(taskId: string): TaskConfig | undefined {
    return this.#workers.get(taskId)?.config;
  }

  /** What a task without an outcome has printed so far. */
  output(taskId: string): CapturedOutput | undefined {
    return this.#workers.get(taskId)?.capture.read();
  }

  /** Refuses new tasks, kills those that run, and resolves when each has its outcome. No process, pipe or timer is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const worker of this.#workers.values()) stop(worker, 'killed');
    await this.#spawner.close();
  }

  #start(worker: Worker): void {
    const { config, capture, slot } = worker;
    worker.process = this.#spawner.start(config, {
      output: (stream, chunk) => {
        capture.write(stream, chunk);
      },
      gone: () => {
        worker.gone = true;
        clearTimeout(worker.timer);
        slot.release();
      },
      ended: (end) => {
        this.#end(worker, end);
      },
    });
    worker.timer = setTimeout(() => {
      stop(worker, 'timed-out');
    }, config.timeoutMs);
    const { pid } = worker.process;
    if (pid !== undefined) this.announce('started', config.id, pid);
  }

  async #register(worker: Worker, register: RunOptions['register']): Promise<void> {
    const pid = worker.process?.pid;
    if (pid === undefined || register === undefined) return;
    try {
      await register(pid);
    } catch (error) {
      if (stop(worker, 'not-registered')) worker.registrationError = asError(error);
    }
  }

  #end({ config, capture, stopped, registrationError, resolve }: Worker, end: ProcessEnd): void {
    this.#workers.delete(config.id);
    capture.end('stdout');
    capture.end('stderr');
    const output = capture.read();
    const taskId = config.id;
    const outcome: WorkerOutcome =
      end.kind === 'not-started'
        ? { taskId, status: 'not-started', exitCode: null, signal: null, output, error: end.error }
        : {
            taskId,
            status: stopped ?? (end.code === 0 && end.outputError === undefined ? 'completed' : 'failed'),
            exitCode: end.code,
            signal: end.signal,
            output,
            error: registrationError ?? end.outputError,
          };
    resolve(outcome);
    this.announce('ended', outcome);
  }

  #refuseIfClosed(): void {
    if (!this.#closed) return;
    throw new PoolError('closed', {
      expected: 'a pool that is open',
      received: 'a task after close()',
      nextStep: 'make a new pool',
    });
  }
}

/** True when it was this call that stopped the worker. */
function stop(worker: Worker, reason: StopReason): boolean {
  // Without a pid it is not running: it could not be started, and its end is on its way.
  if (worker.gone || worker.stopped !== undefined || worker.process?.pid === undefined) return false;
  worker.stopped = reason;
  clearTimeout(worker.timer);
  worker.process.stop();
  return true;
}

function taskRunning(id: string): PoolError {
  return new PoolError('task-running', {
    expected: 'an id that no running task has',
    received: id,
    nextStep: 'wait for its outcome or kill it',
  });
}

function noCapacity({ running, maxWorkers }: ResourceMonitor): PoolError {
  return new PoolError('no-capacity', {
    expected: `fewer than ${maxWorkers} workers`,
    received: `${running} running`,
    nextStep: 'run it again when a task has ended',
  });
}
