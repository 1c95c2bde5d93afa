import { atRest, hold, judge, scenario, sometimes } from 'heddle';
import { postgres } from 'heddle/postgres';
import {
  asDocumented,
  asFound,
  LIMIT,
  MIDNIGHT,
  ours,
  poolOf,
  type Ledger,
  type LedgerSetup,
} from './specimens/adapter.ts';

const HOUR = 3_600_000;
const DAYS = ['2024-12-31', '2025-01-01'];

/** $95 are spent at 03:00 UTC; it is 09:00 UTC. In Los Angeles the one was yesterday, the other is today. */
const zones: LedgerSetup = { spent: 95, spentAt: MIDNIGHT + 3 * HOUR, clock: MIDNIGHT + 9 * HOUR };
/** $95 are spent an hour before midnight UTC; the clock stands 20 ms before it. */
const midnight: LedgerSetup = { spent: 95, spentAt: MIDNIGHT - HOUR, clock: MIDNIGHT - 20 };

const everyDayWithinItsLimit = atRest<Ledger>('everyDayWithinItsLimit', ({ subject }) => {
  const over = DAYS.find((day) => subject.total(day) > LIMIT);
  return over === undefined || `$${subject.total(over)} of $${LIMIT} on ${over}, UTC`;
});

interface Request {
  readonly amount: number;
  readonly timeZone: string;
}

export default [
  scenario<Ledger, Request[]>({
    name: 'ledger/session-time-zone',
    ids: ['P1'],
    about: 'Sessions in several time zones share one budget, one after the other, and each has a day of its own.',
    requires: [postgres],
    subjects: {
      ours: hold((sim) => ours(sim, zones)),
      'as-found': judge((sim) => asFound(sim, zones)),
      'as-documented': judge((sim) => asDocumented(sim, zones)),
    },
    every: [
      [
        { amount: 5, timeZone: 'UTC' },
        { amount: 5, timeZone: 'America/Los_Angeles' },
      ],
      [
        { amount: 10, timeZone: 'Pacific/Auckland' },
        { amount: 10, timeZone: 'America/Los_Angeles' },
      ],
    ],
    body: async ({ sim, subject, workload }) => {
      const caller = sim.process('caller', { clock: { epoch: MIDNIGHT + 9 * HOUR } });
      for (const [index, { amount, timeZone }] of workload.entries()) {
        const name = `c${index + 1}`;
        await sim.client(
          name,
          async () => {
            const pool = poolOf(subject, { timeZone });
            const outcome = await sim.op('reserve', { amount, timeZone }, () => subject.reserve(pool, name, amount));
            if (outcome.approved) await sim.op('actual', { amount }, () => subject.settle(pool, outcome, amount));
            await pool.end();
          },
          { in: caller },
        );
      }
    },
    invariants: [
      everyDayWithinItsLimit,
      sometimes<Ledger>('elsewhere', ({ history }) =>
        history.operations.some(({ input }) => (input as Request).timeZone === 'America/Los_Angeles'),
      ),
    ],
  }),
  scenario<Ledger, number[]>({
    name: 'ledger/midnight',
    ids: ['P1'],
    about:
      'Requests come one after the other around midnight UTC: each day has its own budget, and what began before is not counted after.',
    requires: [postgres],
    subjects: {
      ours: hold((sim) => ours(sim, midnight)),
      'as-found': judge((sim) => asFound(sim, midnight)),
      'as-documented': judge((sim) => asDocumented(sim, midnight)),
    },
    every: [
      [5, 10],
      [10, 60],
    ],
    body: async ({ sim, subject, workload }) => {
      const caller = sim.process('caller', { clock: { epoch: MIDNIGHT - 20 } });
      for (const [index, amount] of workload.entries()) {
        const name = `c${index + 1}`;
        await sim.client(
          name,
          async () => {
            const pool = poolOf(subject);
            for (const part of ['first', 'second']) {
              const outcome = await sim.op('reserve', { amount }, () =>
                subject.reserve(pool, `${name} ${part}`, amount),
              );
              if (outcome.approved) await sim.op('actual', { amount }, () => subject.settle(pool, outcome, amount));
              await sim.sleep(10);
            }
            await pool.end();
          },
          { in: caller },
        );
      }
    },
    invariants: [
      everyDayWithinItsLimit,
      sometimes<Ledger>('bothDays', ({ subject }) => subject.db.received.length > 4),
    ],
  }),
];
