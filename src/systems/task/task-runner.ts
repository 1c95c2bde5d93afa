import { setTimeout as sleep } from 'node:timers/promises';
import { requireCount, requireDelay } from './task-arguments.ts';
import { reasonOf } from '../errors/reason.ts';
import { TaskError } from './task-error.ts';
import type { TaskManager } from './task-manager.ts';
import type { Task } from './task.ts';

/**
 * Does the work of one task; resolves with its result. A rejection is a failure for good. It may be called again for
 * the same `task.id` after a crash: whoever receives the effects recognises the repetition by that id. `signal` is
 * aborted when the task is cancelled. A result that is no text is a failure, too.
 */
export type Perform = (task: Task, signal: AbortSignal) => Promise<string | undefined>;

export interface TaskRunnerOptions {
  readonly manager: TaskManager;
  readonly perform: Perform;
  /** How many tasks run at the same time at most. Default 4. */
  readonly concurrency?: number;
  /** After how many ms a failed report is repeated. Default 1,000. */
  readonly retryMs?: number;
}

/**
 * Takes ready tasks, has them performed, and reports how they ended.
 *
 * A report that the storage refuses is repeated until it is stored or the runner is closed; then the next recovery
 * repeats the task.
 *
 * @example
 * ```ts
 * import { TaskRunner, type TaskManager } from 'heddle/systems';
 * export function runAll(manager: TaskManager): TaskRunner {
 *   const runner = new TaskRunner({ manager, perform: async (task) => `did ${task.payload}`, concurrency: 2 });
 *   runner.start();
 *   return runner;
 * }
 * ```
 */
export class TaskRunner {
  readonly #manager: TaskManager;
  readonly #perform: Perform;
  readonly #concurrency: number;
  readonly #retryMs: number;
  readonly #lanes = new Set<Promise<void>>();
  readonly #running = new Map<string, AbortController>();
  /** Lanes that take a task and do not know yet which, and what was cancelled meanwhile. */
  #taking = 0;
  readonly #cancelled = new Set<string>();
  readonly #closing = new AbortController();
  #started = false;
  #working = 0;
  #news = 0;

  /** @throws TaskError `invalid-argument` */
  constructor(options: TaskRunnerOptions) {
    const { manager, perform, concurrency = 4, retryMs = 1_000 } = options;
    requireCount('concurrency', concurrency);
    requireDelay('retryMs', retryMs);
    this.#manager = manager;
    this.#perform = perform;
    this.#concurrency = concurrency;
    this.#retryMs = retryMs;
  }

  /** Begins to take tasks. Does nothing the second time, and after `close()`. */
  start(): void {
    if (this.#started || this.#closing.signal.aborted) return;
    this.#started = true;
    this.#manager.on('ready', this.#wake);
    this.#manager.on('cancelled', this.#abort);
    this.#wake();
  }

  /** Takes no further task; resolves when those that are running have ended and have been reported, or could not be. */
  async close(): Promise<void> {
    this.#manager.off('ready', this.#wake);
    this.#closing.abort();
    await Promise.all(this.#lanes);
    this.#manager.off('cancelled', this.#abort);
  }

  readonly #wake = (): void => {
    this.#news += 1;
    this.#open();
  };

  readonly #abort = ({ id }: Task): void => {
    this.#running.get(id)?.abort();
    if (this.#taking > 0) this.#cancelled.add(id);
  };

  /** Opens another lane if there may be one. */
  #open(): void {
    if (this.#working >= this.#concurrency || this.#closing.signal.aborted) return;
    this.#working += 1;
    const lane = this.#work().finally(() => this.#lanes.delete(lane));
    this.#lanes.add(lane);
  }

  async #work(): Promise<void> {
    for (let idle = false; !idle && !this.#closing.signal.aborted;) {
      const news = this.#news;
      this.#taking += 1;
      const task = await this.#next();
      const cancelled = task !== undefined && this.#cancelled.has(task.id);
      this.#taking -= 1;
      if (this.#taking === 0) this.#cancelled.clear();
      if (task === undefined) {
        // Something may have become ready while this lane heard that nothing was.
        idle = news === this.#news;
        continue;
      }
      // Where there was one there may be another.
      this.#open();
      if (!cancelled) await this.#run(task);
    }
    // At once, and not when the promise of this lane has settled: what becomes ready in between needs a new one.
    this.#working -= 1;
  }

  async #next(): Promise<Task | undefined> {
    try {
      return await this.#manager.takeNext();
    } catch (error) {
      if (error instanceof TaskError && error.code === 'closed') return undefined;
      // The queue does not answer: ask again in a while.
      this.#news += 1;
      await this.#pause();
      return undefined;
    }
  }

  async #run(task: Task): Promise<void> {
    const { id, attempt } = task;
    const controller = new AbortController();
    this.#running.set(id, controller);
    let report: () => Promise<Task>;
    try {
      const result: unknown = (await this.#perform(task, controller.signal)) ?? '';
      if (typeof result !== 'string') throw new TypeError(`the result of a task is a text, not a ${typeof result}`);
      report = () => this.#manager.complete(id, attempt, result);
    } catch (error) {
      const reason = reasonOf(error);
      report = () => this.#manager.fail(id, attempt, reason);
    } finally {
      this.#running.delete(id);
    }
    await this.#tell(report);
  }

  async #tell(report: () => Promise<Task>): Promise<void> {
    for (;;) {
      try {
        await report();
        return;
      } catch (error) {
        // Anything else means that the attempt does not count any more: it was cancelled, or another took its place.
        if (!(error instanceof TaskError) || error.code !== 'storage' || this.#closing.signal.aborted) return;
        await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    await sleep(this.#retryMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}
