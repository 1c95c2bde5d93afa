import type { PendingEvent } from './event.ts';
import type { Heap } from './heap.ts';

/**
 * The events that may fire next, as a strategy sees them: an indexed view over the queues, so that ten thousand
 * enabled events cost no more than ten. Valid until the choice is made.
 */
export class Enabled {
  // Counted arrays that are never truncated: `length = 0` would give their memory back, every turn.
  /** The few that had to be looked for: timers, immediates, windows about to begin. */
  readonly #few: PendingEvent[] = [];
  #fewCount = 0;
  /** Queues all of whose items are enabled. */
  readonly #pools: Heap<PendingEvent>[] = [];
  #poolCount = 0;
  size = 0;

  clear(): void {
    this.#fewCount = 0;
    this.#poolCount = 0;
    this.size = 0;
  }

  add(event: PendingEvent): void {
    this.#few[this.#fewCount] = event;
    this.#fewCount += 1;
    this.size += 1;
  }

  addPool(pool: Heap<PendingEvent>): void {
    this.#pools[this.#poolCount] = pool;
    this.#poolCount += 1;
    this.size += pool.items.length;
  }

  at(index: number): PendingEvent {
    if (index < this.#fewCount) return this.#few[index]!;
    let rest = index - this.#fewCount;
    for (let i = 0; i < this.#poolCount; i += 1) {
      const { items } = this.#pools[i]!;
      if (rest < items.length) return items[rest]!;
      rest -= items.length;
    }
    throw new RangeError(`no enabled event ${String(index)} of ${String(this.size)}`);
  }

  indexOf(event: PendingEvent): number {
    for (let i = 0; i < this.#fewCount; i += 1) if (this.#few[i] === event) return i;
    let base = this.#fewCount;
    for (let i = 0; i < this.#poolCount; i += 1) {
      const { items } = this.#pools[i]!;
      if (items[event.slot] === event) return base + event.slot;
      base += items.length;
    }
    return -1;
  }

  /** What an idle machine would do: the event that is due first, and of equals the one queued first. */
  default(): PendingEvent {
    let best: PendingEvent | undefined;
    for (let i = 0; i < this.#fewCount; i += 1) {
      const event = this.#few[i]!;
      if (best === undefined || before(event, best)) best = event;
    }
    for (let i = 0; i < this.#poolCount; i += 1) {
      const event = this.#pools[i]!.peek();
      if (event !== undefined && (best === undefined || before(event, best))) best = event;
    }
    return best!;
  }

  /** All of them in the order of {@link Enabled.default}: the canonical order, for listings and searches. */
  sorted(): PendingEvent[] {
    const all = this.#few.slice(0, this.#fewCount);
    for (const pool of this.#pools.slice(0, this.#poolCount)) all.push(...pool.items);
    return all.sort((a, b) => (before(a, b) ? -1 : 1));
  }
}

/** By the instant at which they can fire, then as the heaps of their processes have them. */
function before(a: PendingEvent, b: PendingEvent): boolean {
  const instantA = Math.max(a.rank, a.process.stalledUntil);
  const instantB = Math.max(b.rank, b.process.stalledUntil);
  if (instantA !== instantB) return instantA < instantB;
  return a.rank < b.rank || (a.rank === b.rank && a.seq < b.seq);
}
