import { watchCaller, type Caller } from './caller.ts';
import { requireCount, requireFunction, requireLimit } from './option-check.ts';
import { SuperviseError } from './supervise-error.ts';
import type { SupervisedTask, TaskOutcome } from './task.ts';
import type { TaskSupervisor } from './task-supervisor.ts';

export interface BatchOptions extends Caller {
  /** How many items are under way at the same time. Default 10. */
  readonly maxConcurrency?: number;
  /** ms for each item, from its start. Default 5000. */
  readonly timeoutMs?: number;
}

/** What the work on one item is given. */
export interface ItemContext {
  /** Aborts when the item has to stop: its time is over, its caller is gone, another item failed. */
  readonly signal: AbortSignal;
  /** The item's position. */
  readonly index: number;
}

/** What became of a batch of updates, in the order in which they were given. */
export interface UpdateReport<U> {
  readonly succeeded: readonly U[];
  readonly failed: readonly { readonly update: U; readonly outcome: TaskOutcome<unknown> }[];
}

type Work<I, O> = (item: I, context: ItemContext) => O | PromiseLike<O>;

/**
 * Bounded parallel work over many items, under a supervisor and on behalf of a caller.
 *
 * Results are in the order of the items, whatever the order in which they end. An item counts as under way until its
 * code has really ended, not until its time is over: otherwise time-outs would let the concurrency grow without bound.
 * There is no way to do without a supervisor: work that nobody owns is what this exists to prevent.
 *
 * @example
 * ```ts
 * import { BatchOperations, TaskSupervisor } from 'heddle/systems';
 *
 * const tasks = new TaskSupervisor();
 * const batch = new BatchOperations(tasks);
 * const lengths = await batch.parallelMap(
 *   ['https://a.example', 'https://b.example'],
 *   async (url, { signal }) => (await (await fetch(url, { signal })).text()).length,
 *   { maxConcurrency: 2, timeoutMs: 1_000, signal: AbortSignal.timeout(10_000) },
 * );
 * for (const outcome of lengths) if (outcome.status === 'done') console.log(outcome.value);
 * ```
 */
export class BatchOperations {
  readonly #tasks: TaskSupervisor;

  constructor(tasks: TaskSupervisor) {
    this.#tasks = tasks;
  }

  /**
   * What became of each item: one that fails does not keep the others from going on.
   *
   * Rejects when the caller is gone or the supervisor closes, after all children have ended or been abandoned.
   *
   * @throws SuperviseError 'invalid-argument', 'caller-gone', 'closed'
   */
  async parallelMap<I, O>(items: Iterable<I>, work: Work<I, O>, options: BatchOptions = {}): Promise<TaskOutcome<O>[]> {
    return await this.#run(items, work, options, () => undefined);
  }

  /**
   * Applies every update and says which were applied. An update that timed out is reported as failed, and may still
   * have had its effect.
   *
   * @throws SuperviseError as {@link parallelMap}
   */
  async executeParallelUpdates<U>(
    updates: Iterable<U>,
    apply: Work<U, unknown>,
    options: BatchOptions = {},
  ): Promise<UpdateReport<U>> {
    const list = [...updates];
    const outcomes = await this.#run(list, apply, options, () => undefined);
    return {
      succeeded: list.filter((_, index) => outcomes[index]!.status === 'done'),
      failed: list
        .map((update, index) => ({ update, outcome: outcomes[index]! }))
        .filter(({ outcome }) => outcome.status !== 'done'),
    };
  }

  /**
   * What matches all criteria: asks for each of them in parallel and keeps what is in every answer, in the order of
   * the first. All or nothing: without one of the answers the rest would match too much.
   *
   * @throws SuperviseError as {@link parallelMap}, and 'item-failed' with the cause, after the others have stopped
   */
  async parallelIndexedQuery<C, R>(
    criteria: Iterable<C>,
    query: Work<C, Iterable<R>>,
    options: BatchOptions & {
      /** What makes two matches the same. Default: the match itself. */ keyOf?: (match: R) => unknown;
    } = {},
  ): Promise<R[]> {
    const { keyOf = (match) => match } = options;
    const outcomes = await this.#run(criteria, query, options, failure);
    const [first = [], ...rest] = outcomes.map((outcome) => (outcome.status === 'done' ? [...outcome.value] : []));
    const others = rest.map((matches) => new Set(matches.map(keyOf)));
    return first.filter((match) => others.every((keys) => keys.has(keyOf(match))));
  }

  /** `stopFor` says for which outcome the whole batch is given up, and with what error. */
  async #run<I, O>(
    items: Iterable<I>,
    work: Work<I, O>,
    { maxConcurrency = 10, timeoutMs = 5_000, ...caller }: BatchOptions,
    stopFor: (outcome: TaskOutcome<O>, index: number) => SuperviseError | undefined,
  ): Promise<TaskOutcome<O>[]> {
    requireFunction('the work', work);
    requireCount('maxConcurrency', maxConcurrency, 1);
    requireLimit('timeoutMs', timeoutMs);
    const list = [...items];
    const outcomes = new Map<number, TaskOutcome<O>>();
    const open = new Set<SupervisedTask<O>>();
    let underWay = 0;
    let next = 0;
    let reason: SuperviseError | undefined;

    const stop = (error: SuperviseError): void => {
      reason ??= error;
      for (const task of open) void task.stop(reason);
    };
    const unwatch = watchCaller(caller, stop);
    try {
      await new Promise<void>((resolve) => {
        const launch = (index: number): void => {
          const run = (signal: AbortSignal): O | PromiseLike<O> => work(list[index]!, { signal, index });
          const task = this.#tasks.start(run, { name: `item ${index}`, timeoutMs });
          open.add(task);
          underWay += 1;
          void task.outcome.then((outcome) => {
            open.delete(task);
            outcomes.set(index, outcome);
            const error = closedBy(outcome) ?? stopFor(outcome, index);
            if (error !== undefined) stop(error);
            if (task.hasEnded) underWay -= 1;
            else void task.ended.then(cameFree);
            goOn();
          });
        };
        const cameFree = (): void => {
          underWay -= 1;
          goOn();
        };
        const goOn = (): void => {
          while (reason === undefined && next < list.length && underWay < maxConcurrency) {
            next += 1;
            try {
              launch(next - 1);
            } catch (error) {
              stop(error as SuperviseError);
            }
          }
          // With nothing open and places taken, all that run have been abandoned: nobody knows when a place is free.
          if (open.size === 0 && (reason !== undefined || next >= list.length || underWay > 0)) resolve();
        };
        goOn();
      });
    } finally {
      unwatch();
    }
    if (reason !== undefined) throw reason;
    return list.map((_, index) => outcomes.get(index) ?? { status: 'refused', error: stuck(maxConcurrency) });
  }
}

function closedBy(outcome: TaskOutcome<unknown>): SuperviseError | undefined {
  return outcome.status === 'cancelled' && outcome.error.code === 'closed' ? outcome.error : undefined;
}

function failure(outcome: TaskOutcome<unknown>, index: number): SuperviseError | undefined {
  if (outcome.status === 'done') return undefined;
  return new SuperviseError('item-failed', {
    expected: 'an answer to every query',
    received: `query ${index}, which ended as '${outcome.status}'`,
    nextStep: "see this error's cause, then ask again",
    cause: outcome.error,
  });
}

function stuck(maxConcurrency: number): SuperviseError {
  return new SuperviseError('slots-stuck', {
    expected: `fewer than ${maxConcurrency} items that do not stop`,
    received: `${maxConcurrency}, which hold all places of this batch`,
    nextStep: 'make the work obey its abort signal',
  });
}
