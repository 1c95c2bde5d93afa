/** Where a task stands. It only moves forward, except that a crashed attempt goes back from `running` to `queued`. */
export type TaskState = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';

/** One task, as the database has it. Frozen: a change makes a new one. */
export interface Task {
  /** Unique, chosen by who delegates: also the key by which a receiver recognises a repeated effect. */
  readonly id: string;
  /** What is to be done; opaque to the manager. */
  readonly payload: string;
  /** Ids of tasks that must have completed first; sorted, each once. */
  readonly dependsOn: readonly string[];
  readonly status: TaskState;
  /** How often it was started; names the attempt that runs. */
  readonly attempt: number;
  /** The result of a completed task, the reason of a failed or cancelled one. */
  readonly outcome: string | null;
  /** Whatever was noted about it on its way; empty at first. */
  readonly progress: string;
  /** Grows by one with every change. */
  readonly version: number;
}

/** What is needed to delegate a task. */
export interface TaskRequest {
  readonly id: string;
  readonly payload: string;
  /** Ids of tasks that were delegated before and must complete first. */
  readonly dependsOn?: readonly string[];
}

/** Whether nothing will happen to the task any more. */
export function isFinished({ status }: Pick<Task, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}

/** The next version of `task`, with `change`. */
export function changed(task: Task, change: Partial<Pick<Task, 'status' | 'attempt' | 'outcome' | 'progress'>>): Task {
  return Object.freeze({ ...task, ...change, version: task.version + 1 });
}
