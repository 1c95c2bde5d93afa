/** What an element of a {@link WaitQueue} carries. */
export interface Linked<T> {
  previous: T | undefined;
  next: T | undefined;
}

/**
 * First-in first-out, with O(1) removal from the middle: the links live in the elements themselves.
 *
 * An array would make the cancellation of one of 100,000 waiters O(n), and cancelled elements left in it would have to
 * be skipped by whoever holds the lock.
 */
export class WaitQueue<T extends Linked<T>> {
  #first: T | undefined;
  #last: T | undefined;
  #length = 0;

  get first(): T | undefined {
    return this.#first;
  }

  get length(): number {
    return this.#length;
  }

  push(element: T): void {
    element.previous = this.#last;
    if (this.#last === undefined) this.#first = element;
    else this.#last.next = element;
    this.#last = element;
    this.#length += 1;
  }

  /** The element must be in this queue. */
  remove(element: T): void {
    const { previous, next } = element;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // Unlinked, or one element that somebody keeps would keep all its neighbours in memory.
    element.previous = undefined;
    element.next = undefined;
    this.#length -= 1;
  }
}
