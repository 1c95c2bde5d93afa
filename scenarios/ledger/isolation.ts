import { atRest, fail, hold, judge, scenario, sometimes, type Scenario } from 'heddle';
import { postgres } from 'heddle/postgres';
import { asDocumented, asFound, inTransaction, LIMIT, ours, poolOf, TODAY, type Ledger } from './specimens/adapter.ts';

/** What two requests ask for on a day of which $95 of $100 are spent, and how many of them can be granted. */
const WORKLOADS = [
  { amounts: [5, 5], fit: 1 },
  { amounts: [10, 10], fit: 0 },
];

const LEVELS = ['read committed', 'repeatable read', 'serializable'] as const;

export default LEVELS.map((isolation): Scenario<Ledger, (typeof WORKLOADS)[number]> => {
  const setup = { spent: 95, repliesAtOnce: true, newFiles: isolation === 'serializable' };
  return scenario({
    name: `ledger/${isolation.replace(' ', '-')}`,
    ids: ['P1'],
    about:
      `Two requests at $95 of $100, in transactions of their callers' in ${isolation.toUpperCase()}, in every order of ` +
      `statements. $95 + $5 is $100 and no more: of two of $5 one proceeds. Of two of $10 none does; the document's own test expects one.`,
    requires: [postgres],
    subjects: {
      ours: hold((sim) => ours(sim, setup)),
      'as-found':
        isolation === 'serializable'
          ? judge((sim) => asFound(sim, setup))
          : fail('noOverspend', (sim) => asFound(sim, setup)),
      'as-documented': judge((sim) => asDocumented(sim, setup)),
    },
    restsOn: { 'as-found': 'the check and its statements: the document names their order and prints none of them' },
    every: WORKLOADS,
    body: async ({ sim, subject, workload: { amounts } }) => {
      const pool = poolOf(subject);
      await sim.clients(amounts, (amount, name) =>
        sim.op('reserve', { amount }, () =>
          inTransaction(pool, isolation, async (transaction) => {
            const outcome = await subject.reserve(transaction, name, amount);
            if (outcome.approved) await subject.book(transaction, outcome, amount);
            return outcome;
          }),
        ),
      );
      await pool.end();
    },
    invariants: [
      atRest<Ledger>('noOverspend', ({ subject }) => {
        const total = subject.total(TODAY);
        return total <= LIMIT || `$${total} of $${LIMIT}`;
      }),
      atRest<Ledger>('grantsWhatFits', ({ subject, history }) => {
        const asked = history.operations.map(({ input }) => (input as { amount: number }).amount);
        const granted = Math.round((subject.total(TODAY) - 95) / asked[0]!);
        const fit = asked[0] === 5 ? 1 : 0;
        return granted >= fit || `${granted} of two requests of $${asked[0]} granted, ${fit} would fit`;
      }),
      sometimes<Ledger>('oneWaitsForTheOther', ({ subject }) => subject.db.waits > 0 || subject.db.received.length > 6),
    ],
  });
});
