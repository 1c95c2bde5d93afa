import { Heap } from './heap.ts';
import { TimerList, type Timeout } from './timer.ts';

/** Takes the timers that are found. */
export interface TimerSink {
  add(timer: Timeout): void;
}

/**
 * The timers of one process, kept as Node keeps them (lib/internal/timers.js): one list per duration, first-in
 * first-out, and the lists ordered by the due time of their head.
 */
export class Timers {
  #lists: Map<number, TimerList> | null = null;
  readonly #queue = new Heap<TimerList>();
  /** The list that the timer phase is working through. */
  #current: TimerList | null = null;
  count = 0;

  add(timer: Timeout): void {
    this.count += 1;
    this.#lists ??= new Map();
    let list = this.#lists.get(timer.delay);
    if (list === undefined) {
      list = new TimerList(timer.delay);
      this.#lists.set(timer.delay, list);
    }
    timer.list = list;
    timer.previous = list.tail;
    timer.next = null;
    if (list.tail === null) {
      list.head = timer;
      list.tail = timer;
      list.rank = timer.rank;
      list.seq = timer.order;
      this.#queue.push(list);
    } else {
      list.tail.next = timer;
      list.tail = timer;
    }
  }

  remove(timer: Timeout): void {
    const list = timer.list!;
    this.count -= 1;
    if (timer.previous === null) list.head = timer.next;
    else timer.previous.next = timer.next;
    if (timer.next === null) list.tail = timer.previous;
    else timer.next.previous = timer.previous;
    if (list.head === null) {
      this.#queue.remove(list);
      this.#lists?.delete(list.delay);
      if (this.#current === list) this.#current = null;
    } else if (timer.previous === null) {
      list.rank = list.head.rank;
      list.seq = list.head.order;
      this.#queue.moved(list);
    }
    timer.list = null;
    timer.previous = null;
    timer.next = null;
  }

  /** The smallest due time, virtual ms; Infinity when there is none. */
  earliest(): number {
    const first = this.#queue.peek();
    return first === undefined ? Infinity : first.rank;
  }

  /**
   * Adds the timers that Node might run next to `into`: the head of each duration's list that is due first.
   * Equal durations are first-in first-out; a tie between different durations goes either way.
   */
  next(into: TimerSink): void {
    const first = this.#queue.peek();
    if (first !== undefined)
      this.#queue.upTo(first.rank, {
        add: (list) => {
          into.add(list.head!);
        },
      });
  }

  /**
   * The same within a timer phase: Node works through all timers of one duration that had expired when the phase
   * began before it looks at the next duration's list. Where the phase began late, a timer due later overtakes.
   */
  nextInPhase(until: number, into: TimerSink): void {
    const current = this.#current;
    if (current !== null && current.head !== null && current.head.rank <= until) into.add(current.head);
    else this.next(into);
  }

  /** Tells that the phase is working through this timer's list. */
  working(timer: Timeout): void {
    this.#current = timer.list;
  }

  *[Symbol.iterator](): Generator<Timeout> {
    for (const list of this.#lists?.values() ?? []) {
      for (let timer = list.head; timer !== null; timer = timer.next) yield timer;
    }
  }
}
