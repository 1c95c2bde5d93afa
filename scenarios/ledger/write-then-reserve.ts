import { atRest, fc, hold, judge, scenario, sometimes } from 'heddle';
import { postgres } from 'heddle/postgres';
import {
  asDocumented,
  asFound,
  codeOf,
  inTransaction,
  LIMIT,
  ours,
  poolOf,
  TODAY,
  type Ledger,
} from './specimens/adapter.ts';

const setup = { spent: 50 };

export default scenario<Ledger, number[]>({
  name: 'ledger/write-then-reserve',
  ids: ['P1'],
  about:
    'In one transaction a caller writes down what its last call came to and reserves for the next. Two of them do so at once: ' +
    'each holds what the other waits for.',
  requires: [postgres],
  subjects: {
    ours: hold((sim) => ours(sim, setup)),
    'as-found': judge((sim) => asFound(sim, setup)),
    'as-documented': judge((sim) => asDocumented(sim, setup)),
  },
  workload: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 3 }),
  body: async ({ sim, subject, workload }) => {
    const pool = poolOf(subject);
    await sim.clients(workload, async (amount, name) => {
      const last = await sim.op('reserve', { amount }, () => subject.reserve(pool, `${name}/last`, amount));
      await sim.attempt('write, then reserve', { amount }, () =>
        inTransaction(
          pool,
          'read committed',
          async (transaction) => {
            await subject.settle(transaction, last, amount);
            return subject.reserve(transaction, `${name}/next`, amount);
          },
          1,
        ),
      );
    });
    await pool.end();
  },
  invariants: [
    atRest<Ledger>('nobodyDeadlocks', ({ history }) => {
      const victim = history.operations.find(
        ({ outcome }) => outcome.kind === 'threw' && codeOf(outcome.error) === '40P01',
      );
      return victim === undefined || `${victim.task} was the victim of a deadlock`;
    }),
    atRest<Ledger>('noOverspend', ({ subject }) => subject.total(TODAY) <= LIMIT),
    sometimes<Ledger>('several', ({ history }) => history.operations.length > 3),
  ],
  runs: 60,
});
