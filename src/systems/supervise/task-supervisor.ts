import { Announcer } from '../breaker/announcer.ts';
import { watchCaller, type Caller } from './caller.ts';
import { requireBound, requireCount, requireFunction, requireLimit } from './option-check.ts';
import { Slots } from './slots.ts';
import { SuperviseError } from './supervise-error.ts';
import { Task, type OwnedTask, type SupervisedTask, type TaskListener } from './task.ts';

export interface TaskSupervisorOptions {
  /** How many tasks may run at the same time; those beyond wait. Default: no bound. */
  readonly maxChildren?: number;
  /** ms that a task is given to end after it was told to, before it is abandoned. Default 5000. */
  readonly shutdownMs?: number;
}

export interface TaskOptions extends Caller {
  /** For events and errors. Default `task`. */
  readonly name?: string;
  /** ms that it may run; counted from its start, not from its request. Default: no limit. */
  readonly timeoutMs?: number;
  /** As the supervisor's. */
  readonly shutdownMs?: number;
}

/** @event */
export interface TaskSupervisorEvents {
  /** A task was told to stop and still runs after its shutdown time. It keeps its slot until it really ends. */
  abandoned: [task: { readonly name: string }];
  /** A task that had been abandoned has ended after all. */
  'ended-late': [task: { readonly name: string }];
}

/** Tasks that live no longer than the code that asked for them. */
export interface TaskScope {
  /** Aborts when the scope ends. */
  readonly signal: AbortSignal;
  /** As {@link TaskSupervisor.start}. */
  readonly start: <T>(run: (signal: AbortSignal) => T | PromiseLike<T>, options?: TaskOptions) => SupervisedTask<T>;
}

/**
 * Owns asynchronous children: each has a signal, a time limit and a caller, and none is forgotten.
 *
 * Nothing in JavaScript can end a promise from outside. So a child is told to stop, by its `AbortSignal`; and what the
 * supervisor promises is this: in the turn in which the caller is known to be gone, a time limit passes or the
 * supervisor closes, every child concerned is told; no further child starts; whoever waits, waits until the children
 * have ended, or until the shutdown time is over. A child that does not obey is announced, and counted until it ends.
 *
 * @example
 * ```ts
 * const tasks = new TaskSupervisor({ maxChildren: 10, shutdownMs: 1_000 });
 * const task = tasks.start(async (signal) => (await fetch('https://example.com', { signal })).status, {
 *   timeoutMs: 5_000,
 * });
 * const outcome = await task.outcome;
 * if (outcome.status === 'done') console.log(outcome.value);
 * await tasks.close();
 * ```
 */
export class TaskSupervisor extends Announcer<TaskSupervisorEvents> {
  readonly #slots: Slots;
  readonly #shutdownMs: number;
  readonly #tasks = new Set<OwnedTask>();
  readonly #abandoned = new Set<OwnedTask>();
  #closing: Promise<void> | undefined;
  readonly #listener: TaskListener = {
    abandoned: (task) => {
      this.#abandoned.add(task);
      this.announce('abandoned', { name: task.name });
    },
    ended: (task) => {
      this.#tasks.delete(task);
      if (this.#abandoned.delete(task)) this.announce('ended-late', { name: task.name });
    },
  };

  /** @throws SuperviseError 'invalid-argument' */
  constructor({ maxChildren = Infinity, shutdownMs = 5_000 }: TaskSupervisorOptions = {}) {
    super();
    requireCount('maxChildren', maxChildren, 1);
    requireBound('shutdownMs', shutdownMs);
    this.#slots = new Slots(maxChildren);
    this.#shutdownMs = shutdownMs;
  }

  /** Tasks whose code runs, the abandoned ones included. */
  get running(): number {
    return this.#slots.taken;
  }

  /** Tasks that wait for a slot. */
  get queued(): number {
    return this.#slots.waiting;
  }

  /** Tasks that were told to stop, and still run after their shutdown time. */
  get abandoned(): number {
    return this.#slots.stuck;
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Starts `run` at once if a slot is free, else as soon as one is. What becomes of it is in the task's `outcome`.
   *
   * @throws SuperviseError 'invalid-argument', 'closed'; what the owner's `monitor` throws
   */
  start<T>(run: (signal: AbortSignal) => T | PromiseLike<T>, options: TaskOptions = {}): SupervisedTask<T> {
    const { name = 'task', timeoutMs = Infinity, shutdownMs = this.#shutdownMs } = options;
    requireFunction('run', run);
    requireLimit('timeoutMs', timeoutMs);
    requireBound('shutdownMs', shutdownMs);
    if (this.#closing !== undefined) throw closedError();
    const task = new Task(run, { name, timeoutMs, shutdownMs }, this.#slots, this.#listener);
    task.unwatch = watchCaller(options, (error) => {
      task.stopWith('cancelled', error);
    });
    if (task.queued) {
      this.#tasks.add(task);
      this.#slots.take(task);
    }
    return task;
  }

  /**
   * Runs `body` with a scope whose tasks end when `body` does: when it returns, throws, or its caller is gone. Settles
   * when they have ended, or have been abandoned, and then as `body` did. For a caller that is gone already it does
   * not run `body`.
   *
   * @throws SuperviseError 'closed', 'caller-gone'; what `body` throws, what the owner's `monitor` throws
   */
  async scope<T>(body: (scope: TaskScope) => T | PromiseLike<T>, caller: Caller = {}): Promise<T> {
    if (this.#closing !== undefined) throw closedError();
    const abort = new AbortController();
    const tasks = new Set<SupervisedTask<unknown>>();
    const scope: TaskScope = {
      signal: abort.signal,
      start: (run, options = {}) => {
        if (abort.signal.aborted) throw abort.signal.reason;
        const task = this.start(run, options);
        tasks.add(task);
        void task.outcome.then(() => tasks.delete(task));
        return task;
      },
    };
    let giveUp!: (error: SuperviseError) => void;
    const gone = new Promise<never>((_resolve, reject) => {
      giveUp = reject;
    });
    gone.catch(() => undefined);
    const unwatch = watchCaller(caller, (error) => {
      // In this very turn: what the body does with the news may come late.
      abort.abort(error);
      for (const task of tasks) void task.stop(error);
      giveUp(error);
    });
    if (abort.signal.aborted) return await gone;
    try {
      return await Promise.race([gone, (async () => await body(scope))()]);
    } finally {
      unwatch();
      // Has no effect where it has been aborted for another reason.
      abort.abort(scopeEnded());
      await Promise.all([...tasks].map((task) => task.stop(abort.signal.reason)));
    }
  }

  /**
   * Tells all tasks to stop, and starts no more. Resolves when they have ended or been abandoned: within the longest
   * shutdown time of those that run. Calling it again returns the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Closed before the first task hears of it: one that starts another as it stops must be refused.
    await Promise.resolve();
    const tasks = [...this.#tasks];
    for (const task of tasks) task.stopWith('cancelled', closedError());
    await Promise.all(tasks.map((task) => task.outcome));
  }
}

function closedError(): SuperviseError {
  return new SuperviseError('closed', {
    expected: 'an open task supervisor',
    received: 'one that has been closed',
    nextStep: 'stop using it, or create a new one',
  });
}

function scopeEnded(): SuperviseError {
  return new SuperviseError('stopped', {
    expected: 'work that ends before its scope does',
    received: 'the end of the scope',
    nextStep: 'await the task within the scope if it is to end by itself',
  });
}
