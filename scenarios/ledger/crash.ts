import { afterBody, hold, judge, scenario, sometimes } from 'heddle';
import { postgres } from 'heddle/postgres';
import {
  asDocumented,
  asFound,
  LIMIT,
  ours,
  poolOf,
  RESERVATION_MS,
  TODAY,
  type Ledger,
  type LedgerSetup,
} from './specimens/adapter.ts';

/** A caller that crashes between its reservation and the actual amount. */
const crashing: LedgerSetup = { spent: 50 };
const lossy: LedgerSetup = { spent: 50, faults: ['lost reply', 'lost request'] };

export default [
  scenario<Ledger, number>({
    name: 'ledger/crashed-caller',
    ids: ['P1'],
    about:
      'A caller crashes between its reservation and the actual amount: what it had reserved comes back, in the end.',
    requires: [postgres],
    subjects: {
      ours: hold((sim) => ours(sim, crashing)),
      'as-found': judge((sim) => asFound(sim, crashing)),
      'as-documented': judge((sim) => asDocumented(sim, crashing)),
    },
    every: [5],
    body: async ({ sim, subject, workload: estimate }) => {
      const caller = sim.process('caller', { crashes: 1 });
      await sim.client(
        'caller',
        async () => {
          const pool = poolOf(subject);
          const outcome = await sim.op('reserve', { estimate }, () => subject.reserve(pool, 'request', estimate));
          await sim.op('work', {}, () => sim.sleep(20));
          await sim.op('actual', { estimate }, () => subject.settle(pool, outcome, estimate));
        },
        { in: caller },
      );
      await sim.sleep(2 * RESERVATION_MS);
      const pool = poolOf(subject);
      await subject.expire(pool);
      await pool.end();
    },
    invariants: [
      afterBody<Ledger>('nothingStaysReserved', ({ subject }) => {
        const reserved = subject.reserved();
        return reserved === 0 || `$${reserved} are reserved for nobody`;
      }),
      sometimes<Ledger>('crashedInBetween', ({ history }) =>
        history.operations.some(({ name, abandoned }) => name === 'work' && abandoned),
      ),
    ],
  }),
  scenario<Ledger, number[]>({
    name: 'ledger/lost-reply',
    ids: ['P1'],
    about: 'The reply to a reservation is lost, and the caller asks again: one reservation, not two.',
    requires: [postgres],
    subjects: {
      ours: hold((sim) => ours(sim, lossy)),
      'as-found': judge((sim) => asFound(sim, lossy)),
      'as-documented': judge((sim) => asDocumented(sim, lossy)),
    },
    every: [[5]],
    body: async ({ sim, subject, workload }) => {
      const pool = poolOf(subject);
      // A connection that breaks while nobody uses it is the pool's to replace.
      pool.on('error', () => undefined);
      await sim.clients(workload, async (estimate, client) => {
        for (let attempt = 1; attempt <= 3; attempt += 1) {
          const asked = await sim.attempt('reserve', { client, estimate }, () =>
            subject.reserve(pool, client, estimate),
          );
          if (asked.ok) return;
        }
      });
      await pool.end();
    },
    invariants: [
      afterBody<Ledger>('reservesOnce', ({ subject, history }) => {
        const asked = new Map(history.operations.map(({ input }) => [(input as { client: string }).client, input]));
        const most = [...asked.values()].reduce<number>(
          (sum, input) => sum + (input as { estimate: number }).estimate,
          0,
        );
        const reserved = subject.reserved();
        return reserved <= most || `$${reserved} are reserved, $${most} were asked for`;
      }),
      afterBody<Ledger>('noOverspend', ({ subject }) => subject.total(TODAY) <= LIMIT),
      sometimes<Ledger>('askedAgain', ({ history }) =>
        history.operations.some(({ outcome }) => outcome.kind === 'threw'),
      ),
    ],
  }),
];
