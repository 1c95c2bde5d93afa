import { requireLimit } from './event-error.ts';

/**
 * A first-in first-out queue that never holds more than `limit` messages: asking for room and taking it are one step.
 *
 * @example
 * ```ts
 * const mailbox = new BoundedMailbox<string>(1);
 * console.log(mailbox.offer('a'), mailbox.offer('b')); // true false
 * console.log(mailbox.take()?.message); // a
 * ```
 */
export class BoundedMailbox<T> {
  readonly limit: number;
  #messages: { readonly message: T }[] = [];
  /** Messages before this index have been taken. */
  #head = 0;
  #refused = 0;

  /** @throws EventError `invalid-argument` unless `limit` is a whole number >= 1. */
  constructor(limit: number) {
    requireLimit('limit', limit);
    this.limit = limit;
  }

  get size(): number {
    return this.#messages.length - this.#head;
  }

  /** How many messages were refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Takes `message` in if there is room, else counts it as refused. */
  offer(message: T): boolean {
    if (this.size >= this.limit) {
      this.#refused += 1;
      return false;
    }
    this.#messages.push({ message });
    return true;
  }

  /** The oldest message, which leaves the mailbox; wrapped, so that undefined can be one. */
  take(): { readonly message: T } | undefined {
    const oldest = this.#messages[this.#head];
    if (oldest === undefined) return undefined;
    this.#head += 1;
    // What was taken is let go at last when it is half of the array: constant time for each message, on average.
    if (this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head);
      this.#head = 0;
    }
    return oldest;
  }
}
