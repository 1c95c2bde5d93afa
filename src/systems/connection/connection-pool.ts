import { Announcer } from '../breaker/announcer.ts';
import { reasonOf } from '../errors/reason.ts';
import { PeriodicTimer } from '../service/periodic-timer.ts';
import { abortedError, ConnectionError } from './connection-error.ts';
import type { ConnectionLease } from './connection-lease.ts';
import { check, gather, judge } from './health-sweep.ts';
import { requireBound } from './option-check.ts';
import { PoolBooks, type Given, type PoolEntry, type PoolSnapshot, type Waiter } from './pool-books.ts';
import type { PoolEvents, SweepReport } from './pool-events.ts';
import { poolSettings, type ConnectionPoolOptions, type PooledConnection, type PoolSettings } from './pool-options.ts';
import { withinTime } from './within-time.ts';

export interface AcquireConnectionOptions {
  /** Ms to wait while all connections are in use; Infinity for as long as it takes. Default 30,000. */
  readonly waitMs?: number;
  /** Ends the waiting, and the connecting. */
  readonly signal?: AbortSignal;
}

/**
 * A pool of connections to one peer, with health checks that nobody has to wait for.
 *
 * A sweep notes the idle connections under the lock, probes them all at once without it, and removes the failed ones
 * under the lock again. Nothing is awaited while the lock is held, so it is held for no time at all, and a sweep takes as
 * long as its slowest probe: at most `probeTimeoutMs`, however many connections are dead and whatever they do with the
 * abort signal. A connection may be handed out while it is being probed; what the probe says is then news about the
 * past, and removes nothing.
 *
 * The pool never closes a connection that somebody holds. Who finds one broken says so by `discard()`.
 *
 * @example
 * ```ts
 * const echo = { run: (command: string) => Promise.resolve(command), close: () => undefined };
 * const pool = new ConnectionPool({ name: 'cluster-a', connect: () => Promise.resolve(echo), maxConnections: 4 });
 * pool.on('swept', ({ removed }) => {
 *   for (const { error } of removed) console.warn(error.message);
 * });
 * const answer = await pool.use((connection) => connection.run('squeue'));
 * await pool.close();
 * ```
 */
export class ConnectionPool<C extends PooledConnection> extends Announcer<PoolEvents> {
  readonly #settings: PoolSettings<C>;
  readonly #books: PoolBooks<C>;
  /** Connections that are being closed. */
  readonly #disposing = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #checks: PeriodicTimer;
  #opened = 0;
  #lastSweep: SweepReport = { healthy: [], removed: [], stale: [] };

  /** @throws ConnectionError 'invalid-argument' */
  constructor(options: ConnectionPoolOptions<C>) {
    super();
    this.#settings = Object.freeze(poolSettings(options));
    const { checkEveryMs, maxConnections } = this.#settings;
    this.#books = new PoolBooks(maxConnections);
    const periodMs = checkEveryMs === Infinity ? 1 : Math.ceil(checkEveryMs);
    this.#checks = new PeriodicTimer({ periodMs, tick: () => this.#sweep() });
    if (checkEveryMs !== Infinity) this.#checks.start();
  }

  get closed(): boolean {
    return this.#ending.signal.aborted;
  }

  snapshot(): PoolSnapshot {
    return this.#books.snapshot();
  }

  /**
   * Hands out a connection: an idle one, or a new one while there are fewer than `maxConnections`, or else the next that
   * comes free, first come, first served. A running health check makes nobody wait.
   *
   * @throws ConnectionError 'acquire-timeout', 'connect-timeout', 'connect-failed', 'aborted', 'closed',
   * 'invalid-argument'
   */
  async acquire(options: AcquireConnectionOptions = {}): Promise<ConnectionLease<C>> {
    const { waitMs = 30_000, signal } = options;
    requireBound('waitMs', waitMs);
    const given = await this.#turn(waitMs, signal);
    return given === 'connect' ? this.#connect(signal) : this.#lease(given);
  }

  /**
   * Acquires, does `work`, releases; rejects as `work` does. After an error the connection is closed and not used again:
   * nobody knows in what state it is.
   *
   * @throws ConnectionError as {@link acquire}; what `work` throws
   */
  async use<T>(work: (connection: C) => T | PromiseLike<T>, options: AcquireConnectionOptions = {}): Promise<T> {
    const lease = await this.acquire(options);
    try {
      const value = await work(lease.connection);
      await lease.release();
      return value;
    } catch (error) {
      await lease.discard();
      throw error;
    }
  }

  /**
   * Checks all idle connections now, or joins the sweep that is under way.
   *
   * @throws ConnectionError 'closed'
   */
  async checkNow(): Promise<SweepReport> {
    this.#requireOpen();
    await this.#checks.runNow();
    this.#requireOpen();
    return this.#lastSweep;
  }

  /**
   * Hands out nothing more and closes every connection: idle ones now, those in use when they are given back. Resolves
   * when the idle ones are closed, at most `closeTimeoutMs` later.
   */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#exclusive(() => {
      this.#books.refuseAll(() => this.#closedError());
      for (const entry of this.#books.idle()) this.#remove(entry);
    });
    await this.#checks.close();
    await Promise.all(this.#disposing);
  }

  // --- handing out -----------------------------------------------------------------------------------------------

  /** Waits for its turn: for an idle connection, or for leave to open one. */
  #turn(waitMs: number, signal: AbortSignal | undefined): Promise<Given<C>> {
    const { name, maxConnections } = this.#settings;
    let waiter: Waiter<C> | 'gone' | undefined;
    const waiting = withinTime<Given<C>>(
      waitMs,
      () =>
        new Promise((give, refuse) => {
          const self = (waiter = { give, refuse });
          this.#exclusive(() => {
            this.#requireOpen();
            if (waiter !== 'gone') this.#books.join(self);
          }).catch(refuse);
        }),
      {
        signals: [signal],
        aborted: (reason) => abortedError('a connection', reason),
        timedOut: () =>
          new ConnectionError('acquire-timeout', {
            expected: `a connection of ${name} within ${waitMs} ms`,
            received: `${maxConnections} in use`,
            nextStep: 'wait longer, raise maxConnections, or find out who keeps them',
          }),
        // Given in the very step in which the waiting ended.
        late: (given) => {
          void this.#exclusive(() => {
            if (given === 'connect') this.#books.notOpened();
            else this.#takeBack(given);
          });
        },
      },
    );
    return waiting.finally(() => {
      if (waiter !== undefined && waiter !== 'gone') this.#books.leave(waiter);
      waiter = 'gone';
    });
  }

  async #connect(signal: AbortSignal | undefined): Promise<ConnectionLease<C>> {
    const { name, connect, connectTimeoutMs } = this.#settings;
    this.#opened += 1;
    const own = `${name}#${String(this.#opened)}`;
    const problem = (code: 'connect-failed' | 'connect-timeout', received: string, cause?: unknown): ConnectionError =>
      new ConnectionError(code, {
        expected: `${own} to be opened within ${connectTimeoutMs} ms`,
        received,
        nextStep: 'see whether the other end is up, and try again',
        connection: own,
        cause,
      });
    const open = async (connecting: AbortSignal): Promise<C> => {
      try {
        return await connect({ signal: connecting });
      } catch (error) {
        throw problem('connect-failed', reasonOf(error), error);
      }
    };
    try {
      const connection = await withinTime(connectTimeoutMs, open, {
        signals: [signal, this.#ending.signal],
        aborted: (reason) => (this.closed ? this.#closedError() : abortedError('a connection', reason)),
        timedOut: () => problem('connect-timeout', 'nothing'),
        late: (orphan) => {
          this.#dispose(own, orphan);
        },
      });
      const entry: PoolEntry<C> = { name: own, connection, state: 'leased', handouts: 1 };
      await this.#exclusive(() => {
        this.#books.opened(entry);
      });
      return this.#lease(entry);
    } catch (error) {
      await this.#exclusive(() => {
        this.#books.notOpened();
      });
      throw error;
    }
  }

  #lease(entry: PoolEntry<C>): ConnectionLease<C> {
    let held = true;
    const end = async (give: () => void): Promise<void> => {
      if (!held) return;
      held = false;
      await this.#exclusive(give);
    };
    return {
      connection: entry.connection,
      name: entry.name,
      release: () =>
        end(() => {
          this.#takeBack(entry);
        }),
      discard: () =>
        end(() => {
          this.#remove(entry);
        }),
    };
  }

  #takeBack(entry: PoolEntry<C>): void {
    if (this.closed) this.#remove(entry);
    else this.#books.takeBack(entry);
  }

  // --- health checks ---------------------------------------------------------------------------------------------

  async #sweep(): Promise<void> {
    const gathered = await this.#exclusive(() => gather(this.#books.idle()));
    const checked = await check(gathered, this.#settings, this.#ending.signal);
    if (this.closed) return;
    this.#lastSweep = await this.#exclusive(() => {
      const { report, toRemove } = judge(checked);
      for (const entry of toRemove) this.#remove(entry);
      return report;
    });
    this.announce('swept', this.#lastSweep);
  }

  // --- books -----------------------------------------------------------------------------------------------------

  /** Does `step`, which is synchronous, alone: the lock is held for no time. */
  #exclusive<T>(step: () => T): Promise<T> {
    return this.#settings.lock.runExclusive(step);
  }

  #remove(entry: PoolEntry<C>): void {
    this.#books.remove(entry);
    this.#dispose(entry.name, entry.connection);
  }

  /** Closes a connection that is in nobody's books any more; nobody waits for it but the pool's `close()`. */
  #dispose(name: string, connection: C): void {
    const { closeTimeoutMs } = this.#settings;
    const closing = withinTime<unknown>(closeTimeoutMs, () => connection.close(), {
      aborted: (reason) => abortedError('a connection', reason),
      timedOut: () =>
        new ConnectionError('close-timeout', {
          expected: `${name} to be closed within ${closeTimeoutMs} ms`,
          received: 'nothing',
          nextStep: 'nothing to do: the pool has forgotten it',
          connection: name,
        }),
    }).then(
      () => undefined,
      (error: unknown) => {
        this.announce('close-failed', { connection: name, error });
      },
    );
    this.#disposing.add(closing);
    void closing.finally(() => this.#disposing.delete(closing));
  }

  #requireOpen(): void {
    if (this.closed) throw this.#closedError();
  }

  #closedError(): ConnectionError {
    return new ConnectionError('closed', {
      expected: `pool ${this.#settings.name} to be open`,
      received: 'a pool that has been closed',
      nextStep: 'make a new one',
    });
  }
}
