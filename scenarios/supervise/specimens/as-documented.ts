/**
 * Seed 002, F1: batch operations after the documented fix and its update.
 *
 * The document prints no code but one call, `Task.Supervisor.async_stream_nolink(Foundation.TaskSupervisor, ...)`, and
 * says of the update: check with `Process.whereis` whether the supervisor is running, fall back to the regular
 * `Task.async_stream` if not, log a warning. The mark says what a completed line stands for.
 * "nolink" is Elixir's word, and its meaning is Elixir's: the children are not linked to the caller. When the caller
 * dies they are neither told nor killed; when their supervisor ends, they are.
 */
import { spawnUnsupervised, stream, type Result, type Spawn, type StreamOptions } from './as-found.ts';

interface Child {
  readonly ended: Promise<unknown>; // completed
  kill(): void; // completed
}

/** Foundation.TaskSupervisor, in as much as the document uses it. */
export class TaskSupervisor {
  readonly children: Set<Child> = new Set<Child>(); // completed: a supervisor knows its children
  alive = true; // completed

  readonly startChild: Spawn = (fun) => {
    const child = spawnUnsupervised(fun); // completed
    const ended = child.result.then(
      () => undefined,
      () => undefined,
    ); // completed
    const entry: Child = { ended, kill: child.kill.bind(child) }; // completed
    this.children.add(entry); // completed
    void ended.then(() => this.children.delete(entry)); // completed
    return child; // completed
  };

  asyncStreamNolink<I, O>(
    items: readonly I[],
    fun: (item: I, signal: AbortSignal) => Promise<O>,
    options: StreamOptions,
  ): Promise<Result<O>[]> {
    return stream(this.startChild, items, fun, options); // completed: nothing here watches the caller
  }

  /** A supervisor that ends ends its children, and waits 5000 ms for them, which is OTP's default. */
  async stop(): Promise<void> {
    this.alive = false; // completed
    const children = [...this.children]; // completed
    for (const child of children) child.kill(); // completed
    let timer: NodeJS.Timeout | undefined; // completed
    // completed
    const bound = new Promise((resolve) => {
      timer = setTimeout(resolve, 5_000); // completed
    }); // completed
    await Promise.race([bound, Promise.all(children.map(({ ended }) => ended))]); // completed
    clearTimeout(timer); // completed
  }
}

/** What `Process.whereis(Foundation.TaskSupervisor)` says. */
export type Whereis = () => TaskSupervisor | null;

export class BatchOperations {
  readonly #whereis: Whereis; // completed
  readonly warnings: string[] = []; // completed

  // completed
  constructor(whereis: Whereis) {
    this.#whereis = whereis; // completed
  } // completed

  parallelMap<I, O>(
    items: readonly I[],
    fun: (item: I, signal: AbortSignal) => Promise<O>,
    options: StreamOptions,
  ): Promise<Result<O>[]> {
    const supervisor = this.#whereis();
    // completed: the branch, as described in words
    if (supervisor === null) {
      this.warnings.push('TaskSupervisor not running, using Task.async_stream'); // completed: Logger.warning
      return stream(spawnUnsupervised, items, fun, options); // completed: Task.async_stream
    } // completed
    return supervisor.asyncStreamNolink(items, fun, options);
  }
}
