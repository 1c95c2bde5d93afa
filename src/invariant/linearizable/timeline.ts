/** One operation of the history, with what nobody can know of it taken away. */
export interface Interval {
  readonly from: number;
  /** Infinity: it has not returned, or nobody knows what it did. It may take effect at any time from `from` on, or never. */
  readonly to: number;
}

/**
 * The intervals of operations as Wing and Gong's search walks through them: in the order of their invocations, as a
 * doubly linked list from which an operation is lifted when it has got its place in the order, and into which it is put
 * back when the search changes its mind. Those that never return stand in a list of their own, so that they are tried
 * last. The returns stand in their order, with a mark at the first one that is still ahead.
 */
export class Timeline {
  /** Operations with a return, in the order of the returns. */
  readonly returns: readonly number[];
  /** How many of the returns are passed: the operations are in the order. */
  passed = 0;
  /** For each place of an operation under way at the first return ahead: whether it is in the order. */
  readonly bits: Int32Array;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #lifted: Uint8Array;
  /** No two operations that are under way at the same time have the same place. */
  readonly #place: Int32Array;
  /** Where the two lists begin and end. */
  readonly #returning: number;
  readonly #lasting: number;

  /** @param intervals in the order of their beginnings. */
  constructor(intervals: readonly Interval[]) {
    const count = intervals.length;
    this.#from = Float64Array.from(intervals, ({ from }) => from);
    this.#to = Float64Array.from(intervals, ({ to }) => to);
    this.#next = new Int32Array(count + 2);
    this.#previous = new Int32Array(count + 2);
    this.#lifted = new Uint8Array(count);
    this.#place = new Int32Array(count);
    this.#returning = count;
    this.#lasting = count + 1;
    this.returns = Array.from(intervals.keys())
      .filter((index) => this.#to[index] !== Infinity)
      .sort((a, b) => this.#to[a]! - this.#to[b]!);
    this.#link(this.#returning, (index) => this.#to[index] !== Infinity);
    this.#link(this.#lasting, (index) => this.#to[index] === Infinity);
    this.bits = new Int32Array(Math.max(1, Math.ceil(this.#giveOutPlaces() / 32)));
  }

  #link(list: number, belongs: (index: number) => boolean): void {
    let last = list;
    for (let index = 0; index < this.#lifted.length; index += 1) {
      if (!belongs(index)) continue;
      this.#next[last] = index;
      this.#previous[index] = last;
      last = index;
    }
    this.#next[last] = list;
    this.#previous[list] = last;
  }

  /** Returns how many places there are. */
  #giveOutPlaces(): number {
    const free: number[] = [];
    let places = 0;
    let returned = 0;
    for (let index = 0; index < this.#lifted.length; index += 1) {
      for (; returned < this.returns.length; returned += 1) {
        const earlier = this.returns[returned]!;
        if (this.#to[earlier]! > this.#from[index]!) break;
        free.push(this.#place[earlier]!);
      }
      const place = free.pop();
      this.#place[index] = place ?? places;
      if (place === undefined) places += 1;
    }
    return places;
  }

  /** The first operation that may come next in the order; -1 for none. */
  first(): number {
    return this.#after(this.#returning);
  }

  /** The next one after `index` that may; -1 for none. */
  next(index: number): number {
    return this.#after(index);
  }

  #after(at: number): number {
    const deadline = this.#to[this.returns[this.passed]!]!;
    let index = this.#next[at]!;
    if (index === this.#lasting) return -1;
    if (index === this.#returning || (this.#to[index] !== Infinity && this.#from[index]! > deadline)) {
      index = this.#next[this.#lasting]!;
      if (index === this.#lasting) return -1;
    }
    return this.#from[index]! < deadline ? index : -1;
  }

  /** Gives the operation the next place in the order. */
  lift(index: number): void {
    this.#next[this.#previous[index]!] = this.#next[index]!;
    this.#previous[this.#next[index]!] = this.#previous[index]!;
    this.#lifted[index] = 1;
    this.#flip(index);
    // Of those that have returned all are in the order: their places are free for later ones.
    for (; this.passed < this.returns.length; this.passed += 1) {
      const returned = this.returns[this.passed]!;
      if (this.#lifted[returned] === 0) break;
      this.#flip(returned);
    }
  }

  /** Takes back the last `lift`, before which so many returns had been passed. */
  unlift(index: number, passed: number): void {
    while (this.passed > passed) {
      this.passed -= 1;
      this.#flip(this.returns[this.passed]!);
    }
    this.#flip(index);
    this.#lifted[index] = 0;
    this.#next[this.#previous[index]!] = index;
    this.#previous[this.#next[index]!] = index;
  }

  #flip(index: number): void {
    const place = this.#place[index]!;
    this.bits[place >> 5]! ^= 1 << (place & 31);
  }
}
