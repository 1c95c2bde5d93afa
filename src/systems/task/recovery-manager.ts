import { stored } from './task-book.ts';
import { reasonOf } from '../errors/reason.ts';
import { TaskError } from './task-error.ts';
import type { Reconsidered } from './readiness.ts';
import type { TaskManager } from './task-manager.ts';
import type { TaskRepository } from './task-repository.ts';

export interface RecoveryManagerOptions {
  readonly repository: TaskRepository;
  readonly manager: TaskManager;
}

/** How many unfinished tasks were found, and what became of them. */
export type RecoveryReport = Readonly<Record<Reconsidered, number>> & { readonly unfinished: number };

/**
 * Puts the manager of a new process in charge of what the last one has left in the database.
 *
 * Each unfinished task is looked at anew when its turn comes, in the database and in the queue, and under its lock. So
 * recovery may run beside delegations and running work, and more than once: it repeats nothing that is being done.
 *
 * @example
 * ```ts
 * import { RecoveryManager, type TaskManager, type TaskRepository } from 'heddle/systems';
 * export async function recover(repository: TaskRepository, manager: TaskManager): Promise<number> {
 *   const report = await new RecoveryManager({ repository, manager }).recover();
 *   return report.ready;
 * }
 * ```
 */
export class RecoveryManager {
  readonly #repository: TaskRepository;
  readonly #manager: TaskManager;

  constructor({ repository, manager }: RecoveryManagerOptions) {
    this.#repository = repository;
    this.#manager = manager;
  }

  /**
   * Resolves when every task that was unfinished when it began has been looked at.
   *
   * @throws TaskError `recovery-failed` if one of them could not be; the others may not have been looked at. Repeat it,
   * or do not serve.
   */
  async recover(): Promise<RecoveryReport> {
    const counts = { unknown: 0, finished: 0, active: 0, waiting: 0, ready: 0, cancelled: 0 };
    let what = 'the list of unfinished tasks';
    try {
      const unfinished = await stored('listing unfinished tasks', () => this.#repository.unfinished());
      for (const id of unfinished) {
        what = `task ${JSON.stringify(id)}`;
        counts[await this.#manager.reconsider(id)] += 1;
      }
      return { ...counts, unfinished: unfinished.length };
    } catch (cause) {
      throw new TaskError('recovery-failed', {
        expected: `${what} to be recovered`,
        received: reasonOf(cause),
        nextStep: 'do not serve: repair the cause and start again',
        cause,
      });
    }
  }
}
