import { identityOf } from '../identity.ts';
import type { Model } from '../model.ts';

export interface QueueInput {
  /** Which queue; each is one of its own. */
  readonly key?: unknown;
  /** What is enqueued. */
  readonly value?: unknown;
}

export interface QueueOptions {
  /** Operation that puts `value` at the end. Default `enqueue`. */
  readonly enqueue?: string;
  /** Operation that takes away what is in front, and returns it. Default `dequeue`. */
  readonly dequeue?: string;
  /** What `dequeue` returns when the queue is empty. Default undefined; null is taken for it, too. */
  readonly empty?: unknown;
}

/**
 * A first-in, first-out queue. A `dequeue` that waits while the queue is empty simply does not return.
 *
 * @example
 * ```ts
 * import { linearizable, models, type Invariant } from 'heddle';
 *
 * // sim.op('push', { value: 'job 1' }, …) and sim.op('shift', {}, …)
 * const jobs = models.queue({ enqueue: 'push', dequeue: 'shift' });
 * export const firstInFirstOut: Invariant = linearizable('firstInFirstOut', jobs);
 * ```
 */
export function queue(options: QueueOptions = {}): Model<readonly unknown[], QueueInput> {
  const { enqueue = 'enqueue', dequeue = 'dequeue', empty } = options;
  return {
    initial: [],
    concerns: ({ name }) => name === enqueue || name === dequeue,
    key: ({ input }) => (input as QueueInput | undefined)?.key,
    step(values, { name, input, outcome }) {
      if (outcome.kind === 'threw') return [values];
      if (name === enqueue) return [[...values, input.value]];
      const front = values.length === 0 ? empty : values[0];
      if (outcome.kind === 'returned' && identityOf(outcome.value ?? undefined) !== identityOf(front ?? undefined)) {
        return [];
      }
      return [values.slice(1)];
    },
  };
}
