import {
  atRest,
  fail,
  fc,
  hold,
  judge,
  scenario,
  sometimes,
  type Invariant,
  type Scenario,
  type Subject,
} from 'heddle';
import { asDocumented, asFound, COST, ours, type Manager, type ManagerSetup } from './specimens/adapter.ts';
import type { Trouble } from './specimens/office.ts';

/** One request to route an order, and what goes wrong with it. */
interface Request {
  readonly order: string;
  readonly trouble: Trouble | null;
}

const requests = (troubles: readonly (Trouble | null)[], orders: readonly string[], atLeast: number) =>
  fc.array(fc.record({ order: fc.constantFrom(...orders), trouble: fc.constantFrom(...troubles) }), {
    minLength: atLeast,
    maxLength: 4,
  });

const invariants = {
  /** Every order that is routed has its reservation, or what it came to, in the books. */
  noRouteWithoutReservation: atRest<Manager>('noRouteWithoutReservation', ({ subject: { office } }) => {
    const without = [...office.orders].find(
      ([, { reservationId }]) => !office.bookings.some(({ id }) => id === reservationId),
    );
    return without === undefined || `${without[0]} is routed, and nothing is reserved for it`;
  }),
  failedRouteGivesBack: atRest<Manager>('failedRouteGivesBack', ({ subject: { office } }) => {
    const left = office.reservations.find(({ workOrderId }) => !office.orders.has(workOrderId));
    return left === undefined || `$${left.cost} stay reserved for ${left.workOrderId}, which is not routed`;
  }),
  reservesOnce: atRest<Manager>('reservesOnce', ({ subject: { office } }) => {
    const orders = office.reservations.map(({ workOrderId }) => workOrderId);
    const twice = orders.find((order, at) => orders.indexOf(order) !== at);
    return twice === undefined || `${twice} has two reservations`;
  }),
  decisionUsesItsSpend: atRest<Manager>('decisionUsesItsSpend', ({ subject: { office } }) => {
    for (const [order, { reservationId, dailySpend }] of office.orders) {
      const before = office.bookings.find(({ id }) => id === reservationId)?.before;
      if (before !== undefined && before !== dailySpend)
        return `${order} was decided on $${dailySpend}, and reserved against $${before}`;
    }
    return true;
  }),
  noOverspend: atRest<Manager>('noOverspend', ({ subject: { office, limit } }) => {
    return office.total <= limit || `$${office.total} of $${limit}`;
  }),
};

interface Given {
  readonly name: string;
  readonly about: string;
  readonly setup: ManagerSetup;
  readonly workload: fc.Arbitrary<Request[]>;
  readonly invariant: Invariant<Manager>;
  readonly asFound?: (create: Subject<Manager>['create']) => Subject<Manager>;
  readonly reached: Invariant<Manager>;
  /** The completed line on which the documented one's counterexample rests. */
  readonly restsOn?: string;
}

const contended = sometimes<Manager>('severalAtOnce', ({ history }) => history.operations.length > 1);

const route = ({
  name,
  about,
  setup,
  workload,
  invariant,
  asFound: expectation = judge,
  reached,
  restsOn,
}: Given): Scenario<Manager, Request[]> =>
  scenario({
    name: `route/${name}`,
    ids: ['P2'],
    about,
    subjects: {
      ours: hold((sim) => ours(sim, setup)),
      'as-found': expectation((sim) => asFound(sim, setup)),
      'as-documented': judge((sim) => asDocumented(sim, setup)),
    },
    ...(restsOn === undefined ? {} : { restsOn: { 'as-documented': restsOn } }),
    workload,
    body: async ({ sim, subject, workload: asked }) => {
      for (const { order, trouble } of asked) if (trouble !== null) subject.trouble(order, trouble);
      await sim.clients(asked, ({ order }) => sim.op('route', { order }, () => subject.route(order)));
    },
    shutdown: ({ subject }) => {
      subject.close();
    },
    invariants: [invariant, reached],
    runs: 300,
  });

export default [
  route({
    name: 'no-route-without-reservation',
    about: 'Several orders are routed at once.',
    setup: { limit: 100, spent: 50 },
    workload: requests([null], ['wo1', 'wo2', 'wo3'], 1),
    invariant: invariants.noRouteWithoutReservation,
    asFound: (create) => fail('noRouteWithoutReservation', create),
    reached: contended,
  }),
  route({
    name: 'failed-route-gives-back',
    about: 'Writing the routing to the work order fails after the money was reserved.',
    setup: { limit: 100, spent: 50 },
    workload: requests([null, 'orders', 'reply'], ['wo1', 'wo2', 'wo3'], 1),
    invariant: invariants.failedRouteGivesBack,
    restsOn: 'updateWorkOrderRouting rejects when its write fails: the document does not print it',
    reached: sometimes<Manager>('notRouted', ({ history }) =>
      history.operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === false),
    ),
  }),
  route({
    name: 're-routed-order',
    about: 'One order is routed twice, at once or after its reply was lost.',
    setup: { limit: 100, spent: 50 },
    workload: requests([null, 'reply'], ['wo1'], 2),
    invariant: invariants.reservesOnce,
    reached: contended,
  }),
  route({
    name: 'decision-uses-its-spend',
    about: 'The daily spend is read, somebody else reserves, and the decision is made on the spend that was read.',
    setup: { limit: 100, spent: 50 },
    workload: requests([null], ['wo1', 'wo2', 'wo3'], 2),
    invariant: invariants.decisionUsesItsSpend,
    reached: contended,
  }),
  route({
    name: 'configured-limit',
    about: 'The configured limit is not the $100 that the function in the database has in it.',
    setup: { limit: 52, spent: 50 },
    workload: requests([null], ['wo1', 'wo2', 'wo3', 'wo4'], 2),
    invariant: invariants.noOverspend,
    restsOn: 'makeRoutingDecision looks at the spend that was read: the document does not print it',
    asFound: (create) => fail('noOverspend', create),
    reached: sometimes<Manager>('closeToTheLimit', ({ subject: { office, limit } }) => office.total + COST > limit),
  }),
];
