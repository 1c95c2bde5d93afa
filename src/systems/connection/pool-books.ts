import type { ConnectionError } from './connection-error.ts';
import type { PooledConnection } from './pool-options.ts';

/** One connection in the pool's books. An entry that is gone never comes back: a new connection is a new entry. */
export interface PoolEntry<C extends PooledConnection> {
  readonly name: string;
  readonly connection: C;
  state: 'leased' | 'idle' | 'gone';
  /** How often it was handed out: tells whether it was, since somebody looked. */
  handouts: number;
}

/** What somebody who waits is given: an idle connection, or leave to open one. */
export type Given<C extends PooledConnection> = PoolEntry<C> | 'connect';

export interface Waiter<C extends PooledConnection> {
  readonly give: (given: Given<C>) => void;
  readonly refuse: (error: ConnectionError) => void;
}

/** How many connections there are, and what they do. */
export interface PoolSnapshot {
  readonly idle: number;
  readonly leased: number;
  readonly connecting: number;
  readonly waiting: number;
}

/** Which connections there are, and who waits for one. Every method is one synchronous step, to be made under the lock. */
export class PoolBooks<C extends PooledConnection> {
  readonly #entries = new Set<PoolEntry<C>>();
  readonly #waiters = new Set<Waiter<C>>();
  readonly #most: number;
  #connecting = 0;

  constructor(maxConnections: number) {
    this.#most = maxConnections;
  }

  idle(): PoolEntry<C>[] {
    return [...this.#entries].filter(({ state }) => state === 'idle');
  }

  snapshot(): PoolSnapshot {
    const idle = this.idle().length;
    return {
      idle,
      leased: this.#entries.size - idle,
      connecting: this.#connecting,
      waiting: this.#waiters.size,
    };
  }

  /** Lets somebody wait behind those who came before. */
  join(waiter: Waiter<C>): void {
    this.#waiters.add(waiter);
    this.#serve();
  }

  leave(waiter: Waiter<C>): void {
    this.#waiters.delete(waiter);
  }

  refuseAll(error: () => ConnectionError): void {
    for (const { refuse } of this.#waiters) refuse(error());
    this.#waiters.clear();
  }

  /** A connection was opened by somebody who had leave to. */
  opened(entry: PoolEntry<C>): void {
    this.#connecting -= 1;
    this.#entries.add(entry);
  }

  /** Whoever had leave to open a connection has none. */
  notOpened(): void {
    this.#connecting -= 1;
    this.#serve();
  }

  /** A connection is free again. */
  takeBack(entry: PoolEntry<C>): void {
    entry.state = 'idle';
    this.#serve();
  }

  /** A connection is out of the books, whoever holds it; its place is free. */
  remove(entry: PoolEntry<C>): void {
    entry.state = 'gone';
    this.#entries.delete(entry);
    this.#serve();
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      const given = this.#take();
      if (given === undefined) return;
      this.#waiters.delete(waiter);
      waiter.give(given);
    }
  }

  #take(): Given<C> | undefined {
    for (const entry of this.#entries) {
      if (entry.state !== 'idle') continue;
      entry.state = 'leased';
      entry.handouts += 1;
      return entry;
    }
    if (this.#entries.size + this.#connecting >= this.#most) return undefined;
    this.#connecting += 1;
    return 'connect';
  }
}
