/** What a {@link Heap} orders: by `rank`, then by `seq`. `slot` is the heap's own bookkeeping (-1: in no heap). */
export interface Ranked {
  rank: number;
  seq: number;
  slot: number;
}

/**
 * A binary heap whose items know their place, so that any of them can leave in O(log n).
 * `items` is readable by index: a strategy draws uniformly from it without copying.
 */
export class Heap<T extends Ranked> {
  readonly items: T[] = [];

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    item.slot = this.items.length;
    this.items.push(item);
    this.#up(item.slot);
  }

  remove(item: T): void {
    const { items } = this;
    const slot = item.slot;
    const last = items.pop()!;
    item.slot = -1;
    if (last === item) return;
    items[slot] = last;
    last.slot = slot;
    this.#down(slot);
    this.#up(last.slot);
  }

  /** Restores the order after `item.rank` or `item.seq` changed. */
  moved(item: T): void {
    this.#down(item.slot);
    this.#up(item.slot);
  }

  /** Calls `visit` for every item with `rank <= bound`; costs the number of such items, not the heap's size. */
  upTo(bound: number, visit: { add(item: T): void }, at = 0): void {
    const item = this.items[at];
    if (item === undefined || item.rank > bound) return;
    visit.add(item);
    this.upTo(bound, visit, 2 * at + 1);
    this.upTo(bound, visit, 2 * at + 2);
  }

  #up(from: number): void {
    const { items } = this;
    const item = items[from]!;
    const { rank, seq } = item;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above]!;
      if (parent.rank < rank || (parent.rank === rank && parent.seq < seq)) break;
      items[at] = parent;
      parent.slot = at;
      at = above;
    }
    items[at] = item;
    item.slot = at;
  }

  #down(from: number): void {
    const { items } = this;
    const size = items.length;
    const item = items[from]!;
    const { rank, seq } = item;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= size) break;
      let child = items[below]!;
      const right = items[below + 1];
      if (right !== undefined && (right.rank < child.rank || (right.rank === child.rank && right.seq < child.seq))) {
        below += 1;
        child = right;
      }
      if (rank < child.rank || (rank === child.rank && seq < child.seq)) break;
      items[at] = child;
      child.slot = at;
      at = below;
    }
    items[at] = item;
    item.slot = at;
  }
}
