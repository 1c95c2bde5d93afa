import { spawn as nodeSpawn, type SpawnOptions } from 'node:child_process';
import { LONGEST_TIMER_MS } from '../errors/argument.ts';
import { requireText, requireWhole } from './argument-check.ts';
import { PoolError } from './pool-error.ts';
import { WorkerProcess, type WorkerProcessHandlers, type WorkerProcessTerms } from './worker-process.ts';

export interface ProcessSpawnerOptions {
  /** Takes the place of `spawn` of `node:child_process`. */
  readonly spawn?: typeof nodeSpawn | undefined;
  /** ms from SIGTERM to SIGKILL. Default 5,000. */
  readonly killGraceMs?: number | undefined;
  /** ms for which output is waited for after the exit. Default 1,000. */
  readonly drainMs?: number | undefined;
}

/** What to start. Its stdin is empty. */
export interface ProcessCommand {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Starts processes and leaves nothing of them behind: whatever part of a start fails, the process is stopped, its
 * pipes are closed, and its owner hears of one end.
 *
 * @example
 * ```ts
 * import { ProcessSpawner } from 'heddle/systems';
 * const spawner = new ProcessSpawner();
 * spawner.start({ command: 'date' }, { output: (stream, chunk) => console.log(stream, String(chunk)), ended: console.log });
 * await spawner.close();
 * ```
 */
export class ProcessSpawner {
  readonly #spawn: typeof nodeSpawn;
  readonly #terms: WorkerProcessTerms;
  readonly #live = new Set<WorkerProcess>();
  #closed = false;
  #whenEmpty: (() => void)[] = [];

  /** @throws PoolError 'invalid-argument' */
  constructor({ spawn = nodeSpawn, killGraceMs = 5_000, drainMs = 1_000 }: ProcessSpawnerOptions = {}) {
    requireWhole('killGraceMs', killGraceMs, 1, LONGEST_TIMER_MS);
    requireWhole('drainMs', drainMs, 1, LONGEST_TIMER_MS);
    this.#spawn = spawn;
    this.#terms = { killGraceMs, drainMs };
  }

  /** Processes that have not ended with everything that belongs to them. */
  get live(): number {
    return this.#live.size;
  }

  /**
   * Starts a process. That it can not be started is an end like any other: `gone` and `ended` are called in any case.
   *
   * @throws PoolError 'invalid-argument', 'closed'
   */
  start({ command, args = [], cwd, env }: ProcessCommand, handlers: WorkerProcessHandlers = {}): WorkerProcess {
    requireText('command', command);
    if (this.#closed) {
      throw new PoolError('closed', {
        expected: 'a spawner that is open',
        received: `start of ${command} after close()`,
        nextStep: 'make a new one',
      });
    }
    const options: SpawnOptions = {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
      ...(env && { env }),
    };
    const worker: WorkerProcess = new WorkerProcess(() => this.#spawn(command, args, options), this.#terms, {
      ...handlers,
      ended: (end) => {
        this.#live.delete(worker);
        try {
          handlers.ended?.(end);
        } finally {
          if (this.#live.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
        }
      },
    });
    this.#live.add(worker);
    return worker;
  }

  /** Refuses to start anything from now on, stops what runs, and resolves when all of it has ended. No timer is left. */
  close(): Promise<void> {
    this.#closed = true;
    for (const worker of this.#live) worker.stop();
    if (this.#live.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty.push(resolve);
    });
  }
}
