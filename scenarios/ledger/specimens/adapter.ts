import { BudgetLedger, LEDGER_SCHEMA, LedgerError, type LedgerDatabase } from 'heddle/systems';
import { openPostgres, type ConnectionOptions, type Postgres, type PostgresOptions } from 'heddle/postgres';
import type { Sim } from 'heddle';
import pg from 'pg';
import { AS_DOCUMENTED_SQL, createReservations } from './as-documented.ts';
import { mayProceed, writeCostTracking } from './as-found.ts';
import { createClient } from './supabase.ts';

/** What a request came to. */
export interface Outcome {
  readonly approved: boolean;
  /** What actual and cancel are told of it. */
  readonly id: string | null;
}

/** A caller's connection to the database, or a transaction in it. */
export type Caller = LedgerDatabase;

/** The three ledgers behind the same few words. */
export interface Ledger {
  readonly db: Postgres;
  /** Asks for `amount`; `key` names the request. */
  reserve(caller: Caller, key: string, amount: number): Promise<Outcome>;
  /** Writes down what was granted, where that is not done yet. */
  book(caller: Caller, outcome: Outcome, amount: number): Promise<void>;
  /** The money was spent. */
  settle(caller: Caller, outcome: Outcome, actual: number): Promise<void>;
  /** Nothing was spent. */
  cancel(caller: Caller, outcome: Outcome): Promise<void>;
  /** Clears up behind callers that crashed, where the ledger can. */
  expire(caller: Caller): Promise<void>;
  /** What is reserved and spent on a UTC day, in currency units. */
  total(day: string): number;
  /** What is reserved and not spent. */
  reserved(): number;
  /** Every spend in the books. */
  spent(): number;
  readonly overruns: number;
}

export const LIMIT = 100;
export const TODAY = '2025-01-01';
export const MIDNIGHT: number = Date.UTC(2025, 0, 1);
export const RESERVATION_MS = 60_000;

/** `spent` was spent an instant after midnight. */
export interface LedgerSetup extends Omit<PostgresOptions, 'setup' | 'reset'> {
  readonly spent: number;
  /**
   * Every run begins with new files, not with emptied ones: what SERIALIZABLE takes for a conflict depends on the pages on
   * which rows and keys lie.
   */
  readonly newFiles?: boolean;
  /** Instant of that spend. Default: {@link MIDNIGHT}. */
  readonly spentAt?: number;
}

const number = (rows: readonly Readonly<Record<string, string | null>>[]): number => Number(rows[0]!['n']);

function emptied(newFiles: boolean, ...tables: string[]): string {
  if (newFiles) return `TRUNCATE ${tables.join(', ')}`;
  return tables.map((table) => `DELETE FROM ${table}`).join('; ');
}

function tracked(sim: Sim, { spent, spentAt = MIDNIGHT, newFiles = false, ...options }: LedgerSetup): Postgres {
  const at = new Date(spentAt).toISOString();
  const insert = `INSERT INTO cost_tracking (cost, service_name, metadata, created_at) VALUES (${spent}, 'earlier', '{"type": "actual"}', '${at}')`;
  return openPostgres(sim, {
    ...options,
    setup: AS_DOCUMENTED_SQL,
    reset: `${emptied(newFiles, 'cost_tracking')}; ${insert}`,
  });
}

/** What both specimens keep their books in. */
function books(db: Postgres): Pick<Ledger, 'db' | 'total' | 'reserved' | 'spent' | 'overruns' | 'expire'> {
  const sum = (where: string, values: string[] = []): number =>
    number(db.query(`SELECT coalesce(sum(cost), 0)::text AS n FROM cost_tracking WHERE ${where}`, values));
  return {
    db,
    overruns: 0,
    total: (day) => sum(`(created_at AT TIME ZONE 'UTC')::date = $1`, [day]),
    reserved: () => sum(`metadata->>'type' = 'reservation'`),
    spent: () => sum(`metadata->>'type' = 'actual'`),
    expire: () => Promise.resolve(),
  };
}

export function asFound(sim: Sim, setup: LedgerSetup): Ledger {
  const db = tracked(sim, setup);
  return {
    ...books(db),
    reserve: async (caller, _key, amount) => ({ approved: await mayProceed(createClient(caller), amount), id: 'none' }),
    book: (caller, _outcome, amount) => writeCostTracking(createClient(caller), amount, 'manager'),
    settle: (caller, _outcome, actual) => writeCostTracking(createClient(caller), actual, 'manager'),
    cancel: () => Promise.resolve(),
  };
}

export function asDocumented(sim: Sim, setup: LedgerSetup): Ledger {
  const db = tracked(sim, setup);
  const escalated: unknown[] = [];
  const functions = (caller: Caller): ReturnType<typeof createReservations> =>
    createReservations({
      createSupabaseServiceClient: () => createClient(caller),
      handleCriticalError: ({ error }) => {
        escalated.push(error);
        return Promise.resolve();
      },
    });
  return {
    ...books(db),
    reserve: async (caller, key, amount) => {
      escalated.length = 0;
      const { canProceed, reservationId } = await functions(caller).reserveBudget(amount, 'manager', { key });
      const [error] = escalated as { message: string; code?: string }[];
      // What the caller's transaction died of is the caller's business, too.
      if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
      return { approved: canProceed, id: reservationId };
    },
    book: () => Promise.resolve(),
    settle: (caller, { id }, actual) => functions(caller).updateReservationWithActual(id!, actual),
    cancel: (caller, { id }) => functions(caller).cancelReservation(id!),
  };
}

export function ours(sim: Sim, { spent, spentAt = MIDNIGHT, newFiles = false, ...options }: LedgerSetup): Ledger {
  const day = new Date(spentAt).toISOString().slice(0, 10);
  const amount = String(BigInt(Math.round(spent * 1_000_000)));
  const db = openPostgres(sim, {
    ...options,
    setup: LEDGER_SCHEMA,
    reset: `${emptied(newFiles, 'ledger_entry', 'ledger_day')}; INSERT INTO ledger_day VALUES ('${day}', ${amount});
      INSERT INTO ledger_entry VALUES (gen_random_uuid(), NULL, '${day}', ${amount}, ${amount}, 'settled', 'earlier', '{}', now(), now(), now())`,
  });
  let overruns = 0;
  const ledgerOf = (caller: Caller): BudgetLedger => {
    const ledger = new BudgetLedger({ database: caller, limit: LIMIT, reservationMs: RESERVATION_MS });
    return ledger.on('overrun', () => (overruns += 1));
  };
  const sum = (what: string, where: string, values: string[] = []): number =>
    number(db.query(`SELECT coalesce(sum(${what}), 0)::text AS n FROM ledger_entry WHERE ${where}`, values)) /
    1_000_000;
  return {
    db,
    get overruns() {
      return overruns;
    },
    reserve: async (caller, key, estimate) => {
      const call = isTransaction(caller) ? { within: caller } : {};
      const answer = await ledgerOf(caller).checkAndReserve({ requestKey: key, estimate }, call);
      return { approved: answer.approved, id: answer.approved ? answer.reservationId : null };
    },
    book: () => Promise.resolve(),
    settle: async (caller, { id }, actual) => {
      await ledgerOf(caller).settle(id!, actual, isTransaction(caller) ? { within: caller } : {});
    },
    cancel: async (caller, { id }) => {
      await ledgerOf(caller).cancel(id!, isTransaction(caller) ? { within: caller } : {});
    },
    expire: async (caller) => {
      await ledgerOf(caller).expire();
    },
    total: (of) => {
      const committed = number(
        db.query('SELECT coalesce(sum(committed), 0)::text AS n FROM ledger_day WHERE day = $1', [of]),
      );
      const entries = sum(`CASE state WHEN 'reserved' THEN estimate ELSE coalesce(actual, 0) END`, 'day = $1', [of]);
      if (committed / 1_000_000 !== entries)
        throw new Error(`the day's row says ${committed / 1e6}, its entries ${entries}`);
      return entries;
    },
    reserved: () => sum('estimate', `state = 'reserved'`),
    spent: () => sum('actual', 'true'),
  };
}

function isTransaction(caller: Caller): boolean {
  return !(caller instanceof pg.Pool);
}

/** A pool of connections for the callers of one process. */
export function poolOf(ledger: Ledger, options?: ConnectionOptions): pg.Pool {
  return new pg.Pool({ ...ledger.db.connection(options), max: 4 });
}

/** Errors after which a transaction is to be repeated whole. */
const LOST = ['40001', '40P01', 'serialization', 'deadlock'];

/** SQLSTATE or code of what was thrown. */
export function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return (error instanceof LedgerError ? cause?.code : undefined) ?? code ?? String(error);
}

/** Does `work` in a transaction of the caller's own, and repeats it, as everybody must, when it lost against another one. */
export async function inTransaction<T>(
  pool: pg.Pool,
  isolation: string,
  work: (transaction: Caller) => Promise<T>,
  attempts = 4,
): Promise<T> {
  const client = await pool.connect();
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.query(`BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}`);
        const value = await work(client);
        await client.query('COMMIT');
        return value;
      } catch (error) {
        await client.query('ROLLBACK');
        if (attempt === attempts || !LOST.includes(codeOf(error))) throw error;
      }
    }
  } finally {
    client.release();
  }
}
