import type { PendingEvent } from './event.ts';
import type { Heap } from './heap.ts';

/**
 * The events that may fire next, as a strategy sees them: an indexed view over the queues, so that ten thousand
 * enabled events cost no more than ten. Valid until the choice is made.
 */
export class Enabled {
  /** The few that had to be looked for: timers, immediates, windows about to begin. */
  readonly few: PendingEvent[] = [];
  /** Queues all of whose items are enabled. */
  readonly pools: Heap<PendingEvent>[] = [];
  size = 0;

  clear(): void {
    if (this.few.length > 0) this.few.length = 0;
    if (this.pools.length > 0) this.pools.length = 0;
    this.size = 0;
  }

  /** Counts what was added. */
  seal(): void {
    let size = this.few.length;
    for (const pool of this.pools) size += pool.size;
    this.size = size;
  }

  at(index: number): PendingEvent {
    const { few } = this;
    if (index < few.length) return few[index]!;
    let rest = index - few.length;
    for (const pool of this.pools) {
      if (rest < pool.size) return pool.items[rest]!;
      rest -= pool.size;
    }
    throw new RangeError(`no enabled event ${String(index)} of ${String(this.size)}`);
  }

  indexOf(event: PendingEvent): number {
    const { few } = this;
    for (let i = 0; i < few.length; i += 1) if (few[i] === event) return i;
    let base = few.length;
    for (const pool of this.pools) {
      if (pool.items[event.slot] === event) return base + event.slot;
      base += pool.size;
    }
    return -1;
  }

  /** What an idle machine would do: the event that is due first, and of equals the one queued first. */
  default(): PendingEvent {
    let best: PendingEvent | undefined;
    for (const event of this.few) if (best === undefined || before(event, best)) best = event;
    for (const pool of this.pools) {
      const event = pool.peek();
      if (event !== undefined && (best === undefined || before(event, best))) best = event;
    }
    return best!;
  }

  /** All of them in the order of {@link Enabled.default}: the canonical order, for listings and searches. */
  sorted(): PendingEvent[] {
    const all = this.few.slice();
    for (const pool of this.pools) all.push(...pool.items);
    return all.sort((a, b) => (before(a, b) ? -1 : 1));
  }
}

function before(a: PendingEvent, b: PendingEvent): boolean {
  const rankA = Math.max(a.rank, a.process.stalledUntil);
  const rankB = Math.max(b.rank, b.process.stalledUntil);
  return rankA < rankB || (rankA === rankB && a.seq < b.seq);
}
