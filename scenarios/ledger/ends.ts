import { atRest, fc, hold, judge, scenario, sometimes, type History, type Invariant, type Scenario } from 'heddle';
import { postgres } from 'heddle/postgres';
import {
  asDocumented,
  asFound,
  LIMIT,
  ours,
  poolOf,
  TODAY,
  type Ledger,
  type LedgerSetup,
} from './specimens/adapter.ts';

/** How a reservation of `estimate` ends: the reports about it, which reach the database in any order. */
interface Request {
  readonly estimate: number;
  readonly actual: number;
  /** `both`: somebody cancels it, too. */
  readonly end: 'actual' | 'both';
}

const returned = (name: string) =>
  sometimes<Ledger>(`${name}Happens`, ({ history }) =>
    history.operations.some((operation) => operation.name === name && operation.outcome.kind === 'returned'),
  );

interface Given {
  readonly name: string;
  readonly about: string;
  readonly setup: LedgerSetup;
  readonly workload?: fc.Arbitrary<Request[]>;
  /** Workloads of which all schedules are run. */
  readonly every?: readonly Request[][];
  readonly invariants: readonly Invariant<Ledger>[];
}

const ends = ({ name, about, setup, invariants, ...given }: Given): Scenario<Ledger, Request[]> =>
  scenario<Ledger, Request[]>({
    name: `ledger/${name}`,
    ids: ['P1'],
    about,
    requires: [postgres],
    subjects: {
      ours: hold((sim) => ours(sim, setup)),
      'as-found': judge((sim) => asFound(sim, setup)),
      'as-documented': judge((sim) => asDocumented(sim, setup)),
    },
    restsOn: { 'as-found': 'the check: the document prints nothing of what was before the fix' },
    ...given,
    body: async ({ sim, subject, workload: requests }) => {
      const pool = poolOf(subject);
      await sim.clients(requests, async ({ estimate, actual, end }, client) => {
        const reserve = await sim.attempt('reserve', { estimate }, () => subject.reserve(pool, client, estimate));
        if (!reserve.ok || !reserve.value.approved) return;
        const outcome = reserve.value;
        const cancelled =
          end === 'both' &&
          sim.client(`cancels ${client}`, () => sim.attempt('cancel', { client }, () => subject.cancel(pool, outcome)));
        await sim.attempt('actual', { client, actual, estimate }, () => subject.settle(pool, outcome, actual));
        await cancelled;
      });
      await pool.end();
    },
    invariants,
    // Each statement goes to a real server and back.
    runs: given.every === undefined ? 60 : 2_000,
  });

/** By how much reported amounts were above their estimates. */
function overruns({ operations }: History): number[] {
  return operations
    .filter(({ name, outcome }) => name === 'actual' && outcome.kind === 'returned')
    .map(({ input }) => (input as Request).actual - (input as Request).estimate)
    .filter((excess) => excess > 0);
}

/** What callers spent and were told is in the books. */
const noSpendIsLost = atRest<Ledger>('noSpendIsLost', ({ subject, history }) => {
  const spent = new Map<unknown, number>();
  for (const { name, input, outcome } of history.operations) {
    if (name !== 'actual' || outcome.kind !== 'returned') continue;
    const { client, actual } = input as { client: string; actual: number };
    spent.set(client, actual);
  }
  const reported = [...spent.values()].reduce((sum, each) => sum + each, 0);
  const booked = subject.spent() - 50;
  return booked >= reported || `$${reported} were spent and reported, $${booked} are in the books`;
});

export default [
  ends({
    name: 'actual-and-cancel',
    about:
      'A reservation is cancelled, because its caller was thought dead, and its actual amount arrives before or after.',
    setup: { spent: 50, repliesAtOnce: true },
    every: [
      [{ estimate: 2, actual: 3, end: 'both' }],
      [
        { estimate: 2, actual: 1, end: 'both' },
        { estimate: 5, actual: 5, end: 'actual' },
      ],
    ],
    invariants: [noSpendIsLost, returned('cancel'), returned('actual')],
  }),
  ends({
    name: 'overrun',
    about: 'The actual amount is above the estimate: the limit is exceeded by that at most, and somebody is told.',
    setup: { spent: 90 },
    workload: fc.array(
      fc.record({
        estimate: fc.integer({ min: 1, max: 4 }),
        actual: fc.integer({ min: 1, max: 12 }),
        end: fc.constant('actual'),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    invariants: [
      atRest<Ledger>('overrunIsBounded', ({ subject, history }) => {
        const excess = overruns(history).reduce((sum, each) => sum + each, 0);
        const total = subject.total(TODAY);
        return total <= LIMIT + excess || `$${total} of $${LIMIT}, over-runs were $${excess}`;
      }),
      atRest<Ledger>('overrunIsAnnounced', ({ subject, history }) => {
        const count = overruns(history).length;
        return subject.overruns === count || `${count} over-runs, ${subject.overruns} were announced`;
      }),
      returned('actual'),
    ],
  }),
  ends({
    name: 'bad-estimates',
    about:
      'An estimate is no amount of money: negative, null, NaN. After it the honest ones get more than there is, or nothing is booked.',
    setup: { spent: 95 },
    workload: fc.array(
      fc.record({
        estimate: fc.oneof(fc.constantFrom(3, 5), fc.constantFrom(-20, NaN, null as never)),
        actual: fc.constantFrom(3, 5),
        end: fc.constant('actual'),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    invariants: [
      atRest<Ledger>('noOverspend', ({ subject }) => {
        const total = subject.total(TODAY);
        return total <= LIMIT || `$${total} of $${LIMIT}`;
      }),
      sometimes<Ledger>('badEstimate', ({ history }) =>
        history.operations.some(({ name, input }) => name === 'reserve' && !((input as Request).estimate > 0)),
      ),
    ],
  }),
];
