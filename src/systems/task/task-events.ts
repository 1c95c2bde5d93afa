import type { Task } from './task.ts';

/** Events of a `TaskManager`; delivered in order, after database and cache have changed. */
export interface TaskEvents {
  delegated: [Task];
  /** All that it depends on has completed, and it is in the queue. */
  ready: [{ readonly id: string }];
  started: [Task];
  updated: [Task];
  completed: [Task];
  failed: [Task];
  cancelled: [Task];
  /** An attempt died with its process; the task is queued again. */
  requeued: [Task];
  /** Database or queue failed where no caller waits; it is tried again in a while, or by the next recovery. */
  deferred: [{ readonly id: string; readonly error: unknown }];
}
