import type { PendingEvent } from './event.ts';

/**
 * The smallest `latest` over pending events. Events leave lazily: a fired or cancelled one is dropped when it
 * comes to the top, so that firing costs nothing here.
 */
export class Deadlines {
  readonly #heap: PendingEvent[] = [];

  add(event: PendingEvent): void {
    const heap = this.#heap;
    const { latest } = event;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above]!;
      if (parent.latest <= latest) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  /** Virtual ms; Infinity when nothing is pending. */
  min(): number {
    const heap = this.#heap;
    let top = heap[0];
    while (top !== undefined && top.state !== 'pending') {
      this.#drop();
      top = heap[0];
    }
    return top === undefined ? Infinity : top.latest;
  }

  #drop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    const size = heap.length;
    if (size === 0) return;
    const { latest } = last;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= size) break;
      let child = heap[below]!;
      const right = heap[below + 1];
      if (right !== undefined && right.latest < child.latest) {
        below += 1;
        child = right;
      }
      if (latest <= child.latest) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }
}
