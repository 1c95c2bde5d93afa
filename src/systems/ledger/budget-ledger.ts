import { Announcer } from '../breaker/announcer.ts';
import { fromMicros, toMicros, type Micros } from '../budget/money.ts';
import type { LedgerDatabase } from './ledger-database.ts';
import { LedgerError, ledgerErrorOf } from './ledger-error.ts';
import type { LedgerEvents } from './ledger-events.ts';

export interface BudgetLedgerOptions {
  /** A pool is best: every operation is one statement, and needs a connection for no longer. */
  readonly database: LedgerDatabase;
  /** What may be reserved and spent on one UTC day, currency units. */
  readonly limit: number;
  /** A reservation that was neither settled nor cancelled is given back after so many ms. Default 15 minutes. */
  readonly reservationMs?: number;
  /** Ms since 1970. Default: `Date.now`. */
  readonly clock?: () => number;
}

export interface ReserveRequest {
  /**
   * Names the request, for ever: asked again with the same key, because a reply was lost, the ledger tells of the
   * reservation that it made. A reservation that was cancelled or has expired frees its key.
   */
  readonly requestKey: string;
  /** Currency units. */
  readonly estimate: number;
  /** What it is for, for people. Default `''`. */
  readonly purpose?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** How one operation is done. */
export interface LedgerCall {
  /**
   * A client in a transaction of the caller's, in any isolation level: the operation becomes part of it. It then is not
   * repeated when the transaction loses against another one: only the caller can repeat all of it.
   */
  readonly within?: LedgerDatabase;
}

/** The answer to a request. `spentBefore` is what was reserved and spent on that day when it was decided, without it. */
export type Reserved =
  | {
      readonly approved: true;
      readonly reservationId: string;
      /** `YYYY-MM-DD`, UTC. */
      readonly day: string;
      readonly estimate: number;
      readonly spentBefore: number;
      readonly limit: number;
      /** It had been made before, by a request with the same key. */
      readonly repeated: boolean;
    }
  | { readonly approved: false; readonly day: string; readonly spentBefore: number; readonly limit: number };

export interface Settled {
  readonly day: string;
  readonly estimate: number;
  readonly actual: number;
  /** Reserved and spent on that day now; above the limit by no more than over-runs. */
  readonly total: number;
  /** The reservation had been given back before: the spend is counted, and came on top. */
  readonly late: boolean;
}

export interface LedgerBalance {
  readonly total: number;
  readonly reserved: number;
  readonly spent: number;
}

const DEFAULT_RESERVATION_MS = 15 * 60_000;

/** How often a statement is repeated that lost against others: each time somebody else has got on. */
const ATTEMPTS = 20;

/**
 * A daily budget in PostgreSQL, for any number of processes. Reserve before the money is spent, settle with what it
 * came to, cancel if nothing was spent. Never approves more than the limit, in whatever isolation level it is called;
 * forgets no spend: an actual above its estimate, or one that comes after a cancel, is counted, announced once as
 * `overrun`, and blocks what comes later.
 *
 * Needs {@link LEDGER_SCHEMA} in the database. Days are UTC days by this ledger's clock, whatever the time zone of a
 * session.
 *
 * @example
 * ```ts
 * import pg from 'pg';
 * import { BudgetLedger } from 'heddle/systems';
 *
 * const ledger = new BudgetLedger({ database: new pg.Pool(), limit: 100 });
 * const reserved = await ledger.checkAndReserve({ requestKey: 'order-7/route', estimate: 2.5 });
 * if (reserved.approved) {
 *   const cost = 2.1; // what the call came to
 *   await ledger.settle(reserved.reservationId, cost);
 * }
 * ```
 */
export class BudgetLedger extends Announcer<LedgerEvents> {
  /** Currency units a UTC day. */
  readonly limit: number;
  readonly #database: LedgerDatabase;
  readonly #limit: Micros;
  readonly #reservationMs: number;
  readonly #clock: () => number;
  #closed = false;

  /** @throws LedgerError `invalid-argument`. */
  constructor(options: BudgetLedgerOptions) {
    super();
    const { database, limit, reservationMs = DEFAULT_RESERVATION_MS, clock = Date.now } = options;
    this.#limit = micros('limit', limit, 'down');
    if (!(reservationMs > 0 && reservationMs <= Number.MAX_SAFE_INTEGER)) {
      throw badArgument('reservationMs to be a number of ms above 0', reservationMs);
    }
    this.limit = fromMicros(this.#limit);
    this.#database = database;
    this.#reservationMs = reservationMs;
    this.#clock = clock;
  }

  /**
   * Reserves `estimate` of today's budget, or says that there is not so much left.
   *
   * @throws LedgerError `invalid-argument`, `request-reused`, `serialization`, `deadlock`, `unavailable`, `closed`.
   */
  async checkAndReserve(request: ReserveRequest, call: LedgerCall = {}): Promise<Reserved> {
    const { requestKey, estimate, purpose = '', metadata = {} } = request;
    if (typeof requestKey !== 'string' || requestKey === '') throw badArgument('a request key', requestKey);
    const amount = micros('estimate', estimate, 'up');
    const now = this.#now();
    const expires = instant(now + this.#reservationMs);
    const day = instant(now).slice(0, 10);
    const [row] = await this.#call(
      'SELECT * FROM ledger_reserve($1, $2, $3, $4, $5, $6, $7, $8)',
      [requestKey, day, amount, this.#limit, instant(now), expires, purpose, JSON.stringify(metadata)],
      call,
    );
    const { outcome, entry_id, entry_day, entry_estimate, entry_state, total } = row!;
    const committed = BigInt(total!);
    const { limit } = this;
    if (outcome === 'refused') return { approved: false, day, spentBefore: fromMicros(committed), limit };
    const repeated = outcome === 'repeated';
    if (repeated && (BigInt(entry_estimate!) !== amount || entry_state !== 'reserved')) {
      throw new LedgerError('request-reused', {
        expected: `request ${JSON.stringify(requestKey)} to be new, or the same again`,
        received: `one of ${String(estimate)} when it stands for one of ${fromMicros(BigInt(entry_estimate!))}, ${entry_state!}`,
        nextStep: 'use a key of its own for every reservation',
      });
    }
    const spentBefore = fromMicros(committed - amount);
    return {
      approved: true,
      reservationId: entry_id!,
      day: entry_day!,
      estimate: fromMicros(amount),
      spentBefore,
      limit,
      repeated,
    };
  }

  /**
   * Ends a reservation with what was really spent. The same amount again is no second spend.
   *
   * @throws LedgerError `invalid-argument`, `unknown-reservation`, `already-settled` with another amount,
   * `serialization`, `deadlock`, `unavailable`, `closed`.
   */
  async settle(reservationId: string, actual: number, call: LedgerCall = {}): Promise<Settled> {
    const amount = micros('actual', actual, 'up');
    const values = [uuid(reservationId), amount, instant(this.#now())];
    const [row] = await this.#call('SELECT * FROM ledger_settle($1, $2, $3)', values, call);
    const { outcome, entry_day, entry_estimate, entry_actual, total } = row!;
    if (outcome === 'unknown') throw unknownReservation(reservationId);
    if (outcome === 'conflict') {
      throw new LedgerError('already-settled', {
        expected: `reservation ${reservationId} to be settled once`,
        received: `${String(actual)} after ${String(fromMicros(BigInt(entry_actual!)))}`,
        nextStep: 'reserve and settle what was spent on top by itself',
      });
    }
    const settled: Settled = {
      day: entry_day!,
      estimate: fromMicros(BigInt(entry_estimate!)),
      actual: fromMicros(amount),
      total: fromMicros(BigInt(total!)),
      late: outcome === 'late',
    };
    if (outcome === 'late' || (outcome === 'settled' && amount > BigInt(entry_estimate!))) {
      this.announce('overrun', { reservationId, limit: this.limit, ...settled });
    }
    return settled;
  }

  /**
   * Gives a reservation back of which nothing was spent. Resolves with false when that had been done before, or it
   * had expired.
   *
   * @throws LedgerError `unknown-reservation`, `already-settled`, `serialization`, `deadlock`, `unavailable`, `closed`.
   */
  async cancel(reservationId: string, call: LedgerCall = {}): Promise<boolean> {
    const values = [uuid(reservationId), instant(this.#now())];
    const [row] = await this.#call('SELECT * FROM ledger_cancel($1, $2)', values, call);
    const outcome = row!['outcome'];
    if (outcome === 'unknown') throw unknownReservation(reservationId);
    if (outcome === 'spent') {
      throw new LedgerError('already-settled', {
        expected: `nothing to be spent of reservation ${reservationId}`,
        received: 'a cancel after its actual amount',
        nextStep: 'leave it: what was spent stays in the ledger',
      });
    }
    return outcome === 'cancelled';
  }

  /**
   * Gives back what callers have reserved and left, because they crashed. A request that finds too little left does so
   * for its day by itself; call this now and then to have the books tidy. Resolves with how many there were.
   */
  async expire(): Promise<number> {
    const [row] = await this.#call('SELECT ledger_expire($1)::text AS count', [instant(this.#now())], {});
    return Number(row!['count']);
  }

  /** The books of a UTC day, today's by default. */
  async balance(day: string = instant(this.#now()).slice(0, 10)): Promise<LedgerBalance> {
    const [row] = await this.#call('SELECT * FROM ledger_balance($1)', [day], {});
    const { total, reserved, spent } = row!;
    return {
      total: fromMicros(BigInt(total!)),
      reserved: fromMicros(BigInt(reserved!)),
      spent: fromMicros(BigInt(spent!)),
    };
  }

  /** No further operation is accepted. The database is the caller's, and stays as it is. */
  close(): void {
    this.#closed = true;
  }

  #now(): number {
    const now = this.#clock();
    if (Number.isFinite(now) && Math.abs(now) <= LAST_INSTANT) return now;
    throw badArgument('the clock to tell ms since 1970', now);
  }

  async #call(text: string, values: unknown[], { within }: LedgerCall): Promise<Record<string, string | null>[]> {
    if (this.#closed) {
      throw new LedgerError('closed', {
        expected: 'an open ledger',
        received: 'an operation after close()',
        nextStep: 'make a new one',
      });
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { rows } = await (within ?? this.#database).query(text, values);
        return rows as Record<string, string | null>[];
      } catch (cause) {
        const error = ledgerErrorOf(cause);
        const lost = error instanceof LedgerError && (error.code === 'serialization' || error.code === 'deadlock');
        if (!lost || within !== undefined || attempt === ATTEMPTS) throw error;
      }
    }
  }
}

/** The last instant that `Date` knows, ms since 1970; and a year of five digits is none that the database takes as it comes. */
const LAST_INSTANT = Date.UTC(9999, 11, 31);

function instant(ms: number): string {
  return new Date(Math.min(ms, LAST_INSTANT)).toISOString();
}

function micros(name: string, amount: number, rounding: 'up' | 'down'): Micros {
  try {
    // Null becomes 0 in arithmetic, and a string of digits a number: neither is an amount.
    return toMicros(name, typeof amount === 'number' ? amount : NaN, rounding);
  } catch {
    throw badArgument(`${name} to be a finite number of currency units from 0 on`, amount);
  }
}

function uuid(id: string): string {
  if (typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id;
  throw badArgument('the id of a reservation', id);
}

function badArgument(expected: string, received: unknown): LedgerError {
  return new LedgerError('invalid-argument', { expected, received: String(received), nextStep: 'nothing was changed' });
}

function unknownReservation(id: string): LedgerError {
  return new LedgerError('unknown-reservation', {
    expected: 'a reservation that was made',
    received: id,
    nextStep: 'keep the id that checkAndReserve resolved with',
  });
}
