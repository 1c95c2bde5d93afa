/** Something that has to happen at an instant of the owner's clock. */
export interface Deadline {
  /** Instant (ms, monotonic). It may move, but only to later. */
  at: number;
  /** True once it no longer matters; set it, then call {@link Deadlines.drop}. */
  over: boolean;
}

/**
 * The earliest of many deadlines.
 *
 * A binary heap with lazy deletion and lazy postponement: dropping or postponing touches nothing but the item, and the
 * heap catches up when the item surfaces or when more than half of the heap is over. So `drop` is O(1) amortised, and
 * so is `add` for deadlines that mostly grow; O(log n) is paid only for deadlines that are really reached.
 *
 * Invariant: `#keys[i] <= #items[i].at`, and `#keys` is a min-heap.
 */
export class Deadlines<T extends Deadline> {
  readonly #keys: number[] = [];
  readonly #items: T[] = [];
  #over = 0;

  /** Number of items held in memory, those that are over and not yet swept out included. */
  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (item.at === Infinity) return;
    this.#keys.push(item.at);
    this.#items.push(item);
    this.#up(this.#keys.length - 1);
  }

  /** To be called once for each item whose `over` was set. */
  drop(item: T): void {
    if (item.at === Infinity) return;
    this.#over += 1;
    if (this.#over > 64 && this.#over * 2 > this.#items.length) this.#sweep();
  }

  /** An item whose time has come (`at <= now`), earliest first, or undefined. It stays until it is dropped. */
  due(now: number): T | undefined {
    const keys = this.#keys;
    if (keys.length === 0 || keys[0]! > now) return undefined;
    this.#settleRoot();
    return keys.length > 0 && keys[0]! <= now ? this.#items[0] : undefined;
  }

  /** The earliest instant (ms) that still matters; Infinity if there is none. */
  earliest(): number {
    this.#settleRoot();
    return this.#keys[0] ?? Infinity;
  }

  clear(): void {
    this.#keys.length = 0;
    this.#items.length = 0;
    this.#over = 0;
  }

  /** Brings an item to the root that is neither over nor postponed. */
  #settleRoot(): void {
    const keys = this.#keys;
    const items = this.#items;
    while (keys.length > 0) {
      const root = items[0]!;
      if (root.over) {
        const lastKey = keys.pop()!;
        const lastItem = items.pop()!;
        this.#over -= 1;
        if (keys.length === 0) return;
        keys[0] = lastKey;
        items[0] = lastItem;
      } else if (root.at > keys[0]!) {
        keys[0] = root.at;
      } else {
        return;
      }
      this.#down(0);
    }
  }

  #sweep(): void {
    const keys = this.#keys;
    const items = this.#items;
    let kept = 0;
    for (const item of items) {
      if (item.over) continue;
      items[kept] = item;
      keys[kept] = item.at;
      kept += 1;
    }
    keys.length = kept;
    items.length = kept;
    this.#over = 0;
    for (let i = (kept >> 1) - 1; i >= 0; i -= 1) this.#down(i);
  }

  #up(from: number): void {
    const keys = this.#keys;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (keys[parent]! <= keys[i]!) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #down(from: number): void {
    const keys = this.#keys;
    let i = from;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= keys.length) return;
      const right = left + 1;
      const least = right < keys.length && keys[right]! < keys[left]! ? right : left;
      if (keys[i]! <= keys[least]!) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(a: number, b: number): void {
    const keys = this.#keys;
    const items = this.#items;
    const key = keys[a]!;
    keys[a] = keys[b]!;
    keys[b] = key;
    const item = items[a]!;
    items[a] = items[b]!;
    items[b] = item;
  }
}
