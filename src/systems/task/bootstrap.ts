import { RecoveryManager, type RecoveryReport } from './recovery-manager.ts';
import { reasonOf } from '../errors/reason.ts';
import { TaskError } from './task-error.ts';
import { TaskManager } from './task-manager.ts';
import { ReadyQueue, type TaskQueue } from './task-queue.ts';
import type { TaskRepository } from './task-repository.ts';
import { TaskRunner, type Perform } from './task-runner.ts';

/** Anything that has to be closed. */
export interface Closable {
  close(): Promise<void> | void;
}

export interface BootstrapOptions {
  /** Opens the database. */
  readonly openRepository: () => Promise<TaskRepository>;
  /** Does the work of a task. */
  readonly perform: Perform;
  /** Begins to take requests. Called last, when every task of the last process has been recovered. */
  readonly serve: (manager: TaskManager) => Promise<Closable> | Closable;
  /** Default: a new {@link ReadyQueue}. */
  readonly queue?: TaskQueue;
  /** How many tasks run at the same time at most. Default 4. */
  readonly concurrency?: number;
  /** After how many ms a failed access to the storage is repeated. Default 1,000. */
  readonly retryMs?: number;
}

/** A task server that is up. */
export interface TaskServer {
  readonly manager: TaskManager;
  readonly recovered: RecoveryReport;
  /**
   * Stops taking requests, lets what is running end, and closes everything, in this order. The second call joins the
   * first.
   *
   * @throws TaskError `stop-failed` when everything has been tried and something did not close.
   */
  close(): Promise<void>;
}

/**
 * Starts a task server: opens the database, recovers, starts the work, serves. In this order, and each only if the
 * one before has succeeded: a server whose recovery failed never takes a request.
 *
 * @throws TaskError `start-failed` when a step failed; `cause` is its error. What had been started is closed again.
 * @example
 * ```ts
 * import { bootstrapTasks, SqlTaskRepository, type SqlDatabase } from 'heddle/systems';
 * export async function main(database: SqlDatabase): Promise<void> {
 *   const server = await bootstrapTasks({
 *     openRepository: () => SqlTaskRepository.open(database),
 *     perform: async (task) => `did ${task.payload}`,
 *     serve: () => ({ close: () => undefined }),
 *   });
 *   await server.close();
 * }
 * ```
 */
export async function bootstrapTasks(options: BootstrapOptions): Promise<TaskServer> {
  const { openRepository, perform, serve, queue = new ReadyQueue(), ...limits } = options;
  const started: Closable[] = [];
  let step = 'opening the database';
  try {
    const repository = await openRepository();
    started.push(repository);
    step = 'making the manager';
    const manager = new TaskManager({ repository, queue, ...limits });
    started.push(manager);
    const runner = new TaskRunner({ manager, perform, ...limits });
    step = 'recovery';
    const recovered = await new RecoveryManager({ repository, manager }).recover();
    step = 'starting the work';
    runner.start();
    started.push(runner);
    step = 'serving';
    started.push(await serve(manager));
    let closing: Promise<void> | undefined;
    return { manager, recovered, close: () => (closing ??= stop(started)) };
  } catch (cause) {
    const failures = await closeAll(started);
    const also = failures.length === 0 ? '' : `; then, closing: ${failures.map(reasonOf).join(', ')}`;
    throw new TaskError('start-failed', {
      expected: `${step} to succeed`,
      received: `${reasonOf(cause)}${also}`,
      nextStep: 'nothing is being served: repair the cause and start again',
      cause,
    });
  }
}

async function stop(started: readonly Closable[]): Promise<void> {
  const [first, ...others] = await closeAll(started);
  if (first === undefined) return;
  throw new TaskError('stop-failed', {
    expected: 'everything to close',
    received: [first, ...others].map(reasonOf).join(', '),
    nextStep: 'end the process: the next start recovers',
    cause: first,
  });
}

/** Closes in reverse order, each whatever becomes of the others; resolves with the errors. */
async function closeAll(started: readonly Closable[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const each of started.toReversed()) {
    try {
      await each.close();
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}
