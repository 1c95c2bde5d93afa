import type { Attempt, EndStatus } from './attempt.ts';

/** What the book knows of one operation id. */
interface OperationEntry {
  /** The attempt whose reservation is open, if any: at most one at a time. */
  open: Attempt | undefined;
  /** Whether one of its attempts was recorded. */
  recorded: boolean;
  /** Remembered attempts, the open one included. */
  attempts: number;
}

/**
 * All attempts that are remembered: the open ones, and the latest `retention` ended and `retention` expired ones.
 *
 * An attempt is found by its reservation, so that two attempts at one operation (a crashed caller's, which expired, and
 * its successor's) are never mistaken for each other. Expired ones have a queue of their own: their usage may still
 * be reported, so a burst of operations that ended properly must not push them out.
 */
export class AttemptBook {
  readonly #retention: number;
  readonly #byReservation = new Map<string, Attempt>();
  readonly #operations = new Map<string, OperationEntry>();
  /** In order of approval; with one time to live for all, that is also the order of expiry. */
  readonly #open = new Set<Attempt>();
  readonly #expired = new Set<Attempt>();
  readonly #ended = new Set<Attempt>();

  constructor(retention: number) {
    this.#retention = retention;
  }

  /** Attempts whose reservation is open, the next to expire first. */
  get open(): ReadonlySet<Attempt> {
    return this.#open;
  }

  /** Attempts remembered in all states. */
  get size(): number {
    return this.#byReservation.size;
  }

  /** Why this id cannot be approved now, or `undefined` if it can. */
  obstacle(operationId: string): 'open' | 'recorded' | undefined {
    const entry = this.#operations.get(operationId);
    if (entry?.open !== undefined) return 'open';
    return entry?.recorded === true ? 'recorded' : undefined;
  }

  knows(operationId: string): boolean {
    return this.#operations.has(operationId);
  }

  find(operationId: string, reservation: string): Attempt | undefined {
    const attempt = this.#byReservation.get(reservation);
    return attempt?.operationId === operationId ? attempt : undefined;
  }

  add(attempt: Attempt): void {
    const entry = this.#operations.get(attempt.operationId) ?? { open: undefined, recorded: false, attempts: 0 };
    entry.open = attempt;
    entry.attempts += 1;
    this.#operations.set(attempt.operationId, entry);
    this.#byReservation.set(attempt.reservation, attempt);
    this.#open.add(attempt);
  }

  /** Moves an attempt on. Returns the attempt that had to be forgotten for it, if one had to be. */
  move(attempt: Attempt, status: 'expired' | EndStatus): Attempt | undefined {
    const entry = this.#operations.get(attempt.operationId)!;
    if (entry.open === attempt) entry.open = undefined;
    if (status === 'recorded') entry.recorded = true;
    this.#open.delete(attempt);
    this.#expired.delete(attempt);
    attempt.status = status;
    const queue = status === 'expired' ? this.#expired : this.#ended;
    queue.add(attempt);
    return queue.size > this.#retention ? this.#forgetFirst(queue) : undefined;
  }

  #forgetFirst(queue: Set<Attempt>): Attempt {
    const attempt = queue.values().next().value!;
    queue.delete(attempt);
    this.#byReservation.delete(attempt.reservation);
    const entry = this.#operations.get(attempt.operationId)!;
    entry.attempts -= 1;
    if (entry.attempts === 0) this.#operations.delete(attempt.operationId);
    return attempt;
  }
}
