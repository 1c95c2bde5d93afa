import type { PendingEvent } from './event.ts';

/** The pending completions ordered by `latest`; each knows its place (`deadlineSlot`), so that it can leave. */
export class Deadlines {
  readonly #heap: PendingEvent[] = [];

  add(event: PendingEvent): void {
    this.#heap.push(event);
    this.#up(event, this.#heap.length - 1);
  }

  remove(event: PendingEvent): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (last === event) return;
    const at = event.deadlineSlot;
    this.#down(last, at);
    this.#up(last, last.deadlineSlot);
  }

  /** The smallest `latest`, virtual ms; Infinity when nothing is pending. */
  min(): number {
    const top = this.#heap[0];
    return top === undefined ? Infinity : top.latest;
  }

  #up(event: PendingEvent, from: number): void {
    const heap = this.#heap;
    const { latest } = event;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above]!;
      if (parent.latest <= latest) break;
      heap[at] = parent;
      parent.deadlineSlot = at;
      at = above;
    }
    heap[at] = event;
    event.deadlineSlot = at;
  }

  #down(event: PendingEvent, from: number): void {
    const heap = this.#heap;
    const size = heap.length;
    const { latest } = event;
    let at = from;
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
      child.deadlineSlot = at;
      at = below;
    }
    heap[at] = event;
    event.deadlineSlot = at;
  }
}
