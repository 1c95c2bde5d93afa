import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BudgetLedger, LEDGER_SCHEMA, LedgerError, type LedgerDatabase } from '../../../src/systems/ledger/index.ts';
import { AS_DOCUMENTED_SQL } from '../../../scenarios/ledger/specimens/as-documented.ts';
import { isOff, realServer } from '../../devices/postgres/real-server.ts';

const server = realServer();

const HOUR = 3_600_000;
const NOON = Date.UTC(2025, 0, 1, 12);

describe.runIf(!isOff)('a budget ledger', () => {
  let pool: pg.Pool;
  let now = NOON;

  beforeAll(async () => {
    pool = new pg.Pool({ ...server.address, max: 6 });
    await pool.query(LEDGER_SCHEMA);
  });
  afterAll(() => pool.end());
  beforeEach(async () => {
    now = NOON;
    await pool.query('DELETE FROM ledger_entry; DELETE FROM ledger_day');
  });

  const ledgerOf = (limit = 100): BudgetLedger =>
    new BudgetLedger({ database: pool, limit, reservationMs: HOUR, clock: () => now });

  const reserved = async (ledger: BudgetLedger, requestKey: string, estimate: number): Promise<string> => {
    const answer = await ledger.checkAndReserve({ requestKey, estimate });
    if (!answer.approved) throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer.reservationId;
  };

  const codeOf = async (asked: Promise<unknown>): Promise<string> => {
    try {
      return `resolved: ${JSON.stringify(await asked)}`;
    } catch (error) {
      return error instanceof LedgerError ? error.code : String(error);
    }
  };

  it('approves what fits, to the cent, and says what was spent before', async () => {
    const ledger = ledgerOf(0.3);
    await expect(ledger.checkAndReserve({ requestKey: 'a', estimate: 0.1 })).resolves.toMatchObject({
      approved: true,
      spentBefore: 0,
      day: '2025-01-01',
    });
    await expect(ledger.checkAndReserve({ requestKey: 'b', estimate: 0.2 })).resolves.toMatchObject({
      approved: true,
      spentBefore: 0.1,
    });
    await expect(ledger.checkAndReserve({ requestKey: 'c', estimate: 0.01 })).resolves.toEqual({
      approved: false,
      day: '2025-01-01',
      spentBefore: 0.3,
      limit: 0.3,
    });
    await expect(ledger.balance()).resolves.toEqual({ total: 0.3, reserved: 0.3, spent: 0 });
  });

  it('tells of the reservation that it made when it is asked again with the same key', async () => {
    const ledger = ledgerOf();
    const id = await reserved(ledger, 'a', 10);
    await expect(ledger.checkAndReserve({ requestKey: 'a', estimate: 10 })).resolves.toMatchObject({
      reservationId: id,
      repeated: true,
    });
    await expect(ledger.balance()).resolves.toMatchObject({ total: 10 });
    await expect(codeOf(ledger.checkAndReserve({ requestKey: 'a', estimate: 11 }))).resolves.toBe('request-reused');
    await ledger.settle(id, 5);
    await expect(codeOf(ledger.checkAndReserve({ requestKey: 'a', estimate: 10 }))).resolves.toBe('request-reused');
  });

  it('ends a reservation once: settled, cancelled or expired', async () => {
    const ledger = ledgerOf();
    const [spent, dropped, left] = [
      await reserved(ledger, 'a', 10),
      await reserved(ledger, 'b', 20),
      await reserved(ledger, 'c', 30),
    ];
    await expect(ledger.settle(spent, 8)).resolves.toMatchObject({ total: 58, late: false });
    await expect(ledger.settle(spent, 8)).resolves.toMatchObject({ total: 58, late: false });
    await expect(codeOf(ledger.settle(spent, 9))).resolves.toBe('already-settled');
    await expect(codeOf(ledger.cancel(spent))).resolves.toBe('already-settled');
    await expect(ledger.cancel(dropped)).resolves.toBe(true);
    await expect(ledger.cancel(dropped)).resolves.toBe(false);
    now += HOUR;
    await expect(ledger.expire()).resolves.toBe(1);
    await expect(ledger.cancel(left)).resolves.toBe(false);
    await expect(ledger.balance()).resolves.toEqual({ total: 8, reserved: 0, spent: 8 });
    await expect(codeOf(ledger.settle('00000000-0000-4000-8000-000000000000', 1))).resolves.toBe('unknown-reservation');
  });

  it('counts a spend that comes after the money was given back, and announces it', async () => {
    const ledger = ledgerOf();
    const told: unknown[] = [];
    ledger.on('overrun', (overrun) => told.push(overrun));
    const cancelled = await reserved(ledger, 'a', 10);
    await ledger.cancel(cancelled);
    await expect(ledger.settle(cancelled, 4)).resolves.toMatchObject({ late: true, total: 4 });
    const over = await reserved(ledger, 'b', 90);
    await ledger.settle(over, 120);
    await ledger.settle(over, 120);
    expect(told).toMatchObject([
      { reservationId: cancelled, actual: 4 },
      { reservationId: over, actual: 120, total: 124, limit: 100 },
    ]);
    await expect(ledger.checkAndReserve({ requestKey: 'c', estimate: 0 })).resolves.toMatchObject({
      approved: false,
      spentBefore: 124,
    });
  });

  it('gives back by itself what crashed callers left, when it is needed', async () => {
    const ledger = ledgerOf();
    await reserved(ledger, 'a', 95);
    await expect(ledger.checkAndReserve({ requestKey: 'b', estimate: 10 })).resolves.toMatchObject({ approved: false });
    now += HOUR;
    await expect(ledger.checkAndReserve({ requestKey: 'b', estimate: 10 })).resolves.toMatchObject({
      approved: true,
      spentBefore: 0,
    });
    // Its key is free again.
    await expect(ledger.checkAndReserve({ requestKey: 'a', estimate: 20 })).resolves.toMatchObject({
      approved: true,
      repeated: false,
    });
  });

  it('has a budget for each UTC day, whatever the time zone of a session', async () => {
    const ledger = new BudgetLedger({ database: pool, limit: 100, clock: () => now });
    now = Date.UTC(2025, 0, 1, 23, 59, 59, 999);
    const elsewhere = await pool.connect();
    try {
      await elsewhere.query(`SET TimeZone = 'Pacific/Auckland'`);
      const call = { within: elsewhere };
      await expect(ledger.checkAndReserve({ requestKey: 'a', estimate: 100 }, call)).resolves.toMatchObject({
        approved: true,
        day: '2025-01-01',
      });
      now += 1;
      await expect(ledger.checkAndReserve({ requestKey: 'b', estimate: 100 }, call)).resolves.toMatchObject({
        approved: true,
        day: '2025-01-02',
      });
    } finally {
      elsewhere.release(true);
    }
  });

  it.each(['NaN', 'Infinity', '-Infinity', '-1', 'null', 'undefined', '"5"', '1e12'])(
    'refuses an amount of %s',
    async (text) => {
      const amount = (
        text === 'undefined' || text.includes('N') || text.includes('Inf')
          ? ({ NaN, Infinity, '-Infinity': -Infinity, undefined } as Record<string, unknown>)[text]
          : JSON.parse(text)
      ) as number;
      const ledger = ledgerOf();
      await expect(codeOf(ledger.checkAndReserve({ requestKey: 'a', estimate: amount }))).resolves.toBe(
        'invalid-argument',
      );
      const id = await reserved(ledger, 'b', 1);
      await expect(codeOf(ledger.settle(id, amount))).resolves.toBe('invalid-argument');
      await expect(ledger.balance()).resolves.toMatchObject({ total: 1 });
    },
  );

  it.each([
    ['an empty key', (ledger: BudgetLedger) => ledger.checkAndReserve({ requestKey: '', estimate: 1 })],
    ['an id that is none', (ledger: BudgetLedger) => ledger.cancel('42')],
    ['an id that is none', (ledger: BudgetLedger) => ledger.settle(undefined as never, 1)],
  ])('refuses %s', async (_what, ask) => {
    await expect(codeOf(ask(ledgerOf()))).resolves.toBe('invalid-argument');
  });

  it('says that it is closed, and that a database is away', async () => {
    const ledger = ledgerOf();
    ledger.close();
    await expect(codeOf(ledger.expire())).resolves.toBe('closed');
    const away: LedgerDatabase = {
      query: () => Promise.reject(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })),
    };
    await expect(codeOf(new BudgetLedger({ database: away, limit: 1 }).balance())).resolves.toBe('unavailable');
    expect(() => new BudgetLedger({ database: away, limit: NaN })).toThrow(LedgerError);
    expect(() => new BudgetLedger({ database: away, limit: 1, reservationMs: 0 })).toThrow(LedgerError);
  });

  it.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])(
    'lets no more through than fits, twenty at once in %s',
    async (level) => {
      const options = `-c default_transaction_isolation=${level.toLowerCase().replace(' ', '\\ ')}`;
      const callers = new pg.Pool({ ...server.address, max: 6, options });
      const ledger = new BudgetLedger({ database: callers, limit: 10, clock: () => now });
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          ledger
            .checkAndReserve({ requestKey: `r${i}`, estimate: 3 })
            .catch((error: unknown) => (error as LedgerError).code),
        ),
      );
      await callers.end();
      const approved = answers.filter((answer) => typeof answer !== 'string' && answer.approved).length;
      // Who lost twenty times in a row is told so, and may ask again.
      expect(answers.filter((answer) => typeof answer === 'string' && answer !== 'serialization')).toEqual([]);
      expect(approved).toBe(3);
      await expect(ledgerOf().balance()).resolves.toMatchObject({ total: 9 });
    },
  );

  it('says `serialization` to a caller whose snapshot is older than the day', async () => {
    const caller = await pool.connect();
    try {
      await caller.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await caller.query('SELECT 1 FROM ledger_day');
      await reserved(ledgerOf(), 'a', 95);
      const late = ledgerOf().checkAndReserve({ requestKey: 'b', estimate: 10 }, { within: caller });
      await expect(codeOf(late)).resolves.toBe('serialization');
    } finally {
      await caller.query('ROLLBACK');
      caller.release();
    }
  });

  it('reads one row of a thousand to check, where the documented function reads all', async () => {
    const client = await pool.connect();
    try {
      await client.query(`CREATE SCHEMA documented; SET search_path = documented; ${AS_DOCUMENTED_SQL}`);
      await client.query(`INSERT INTO cost_tracking (cost) SELECT 0.01 FROM generate_series(1, 1000)`);
      const read = async (): Promise<number> => {
        const { rows } = await client.query<{ n: number }>(
          `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_xact_user_tables WHERE relname IN ('cost_tracking', 'ledger_day')`,
        );
        return rows[0]!.n;
      };
      const rowsRead = async (check: string): Promise<number> => {
        await client.query('BEGIN');
        const before = await read();
        await client.query(check);
        const after = await read();
        await client.query('ROLLBACK');
        return after - before;
      };
      await expect(rowsRead(`SELECT * FROM check_and_reserve_budget(1, 'test')`)).resolves.toBe(1000);
      await client.query('RESET search_path');
      for (let i = 0; i < 20; i += 1) await reserved(ledgerOf(), `r${i}`, 1);
      const ours = await rowsRead(
        `SELECT * FROM ledger_reserve('x', '2025-01-01', 1000000, 100000000, now(), now(), '', '{}')`,
      );
      expect(ours).toBeLessThanOrEqual(2);
    } finally {
      await client.query('RESET search_path; DROP SCHEMA IF EXISTS documented CASCADE');
      client.release(true);
    }
  });

  it('keeps books that equal those of a sequential model', async () => {
    const step = fc.record({
      what: fc.constantFrom('reserve', 'settle', 'cancel', 'expire'),
      which: fc.nat(3),
      cents: fc.integer({ min: 0, max: 6_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await pool.query('DELETE FROM ledger_entry; DELETE FROM ledger_day');
        now = NOON;
        const ledger = ledgerOf();
        const open: { id: string; estimate: number; state: 'reserved' | 'spent' | 'back'; actual: number }[] = [];
        const total = (): number =>
          open.reduce((sum, { state, estimate, actual }) => sum + (state === 'reserved' ? estimate : actual), 0);
        for (const [index, { what, which, cents }] of steps.entries()) {
          const entry = open[which];
          if (what === 'reserve') {
            const answer = await ledger.checkAndReserve({ requestKey: `r${index}`, estimate: cents / 100 });
            expect(answer.approved).toBe(total() + cents <= 10_000);
            if (answer.approved) open.push({ id: answer.reservationId, estimate: cents, state: 'reserved', actual: 0 });
          } else if (what === 'expire') {
            now += HOUR;
            const stale = open.filter(({ state }) => state === 'reserved');
            await expect(ledger.expire()).resolves.toBe(stale.length);
            for (const each of stale) each.state = 'back';
          } else if (entry !== undefined && what === 'settle' && entry.actual === 0) {
            await ledger.settle(entry.id, cents / 100 + 0.01);
            Object.assign(entry, { state: 'spent', actual: cents + 1 });
          } else if (entry !== undefined && what === 'cancel' && entry.state !== 'spent') {
            await expect(ledger.cancel(entry.id)).resolves.toBe(entry.state === 'reserved');
            entry.state = 'back';
          }
          expect(Math.round((await ledger.balance()).total * 100)).toBe(total());
        }
      }),
      { numRuns: 40 },
    );
  });
});
