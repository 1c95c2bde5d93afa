import {
  atRest,
  eventually,
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

interface Request {
  readonly order: string;
  readonly trouble: Trouble | null;
}

/** Orders of which somebody was told that they are not routed. */
function refused({
  history,
}: {
  history: { operations: readonly { input: unknown; outcome: { kind: string } }[] };
}): string[] {
  return history.operations
    .filter(({ outcome }) => outcome.kind === 'returned' && (outcome as { value?: unknown }).value === false)
    .map(({ input }) => (input as Request).order);
}

interface Given {
  readonly name: string;
  readonly about: string;
  readonly setup: ManagerSetup;
  readonly troubles: readonly (Trouble | null)[];
  readonly invariant: Invariant<Manager>;
  readonly asFound?: (create: Subject<Manager>['create']) => Subject<Manager>;
  readonly restsOn?: string;
}

const escalated = ({
  name,
  about,
  setup,
  troubles,
  invariant,
  asFound: expectation = judge,
  restsOn,
}: Given): Scenario<Manager, Request[]> =>
  scenario({
    name: `route/${name}`,
    ids: ['P3'],
    about,
    subjects: {
      ours: hold((sim) => ours(sim, setup)),
      'as-found': expectation((sim) => asFound(sim, setup)),
      'as-documented': judge((sim) => asDocumented(sim, setup)),
    },
    ...(restsOn === undefined ? {} : { restsOn: { 'as-documented': restsOn } }),
    workload: fc.array(
      fc.record({ order: fc.constantFrom('wo1', 'wo2', 'wo3'), trouble: fc.constantFrom(...troubles) }),
      { minLength: 1, maxLength: 4 },
    ),
    body: async ({ sim, subject, workload }) => {
      for (const { order, trouble } of workload) if (trouble !== null) subject.trouble(order, trouble);
      await sim.clients(workload, ({ order }) => sim.op('route', { order }, () => subject.route(order)));
    },
    shutdown: ({ subject }) => {
      subject.close();
    },
    invariants: [invariant, sometimes<Manager>('refused', (observed) => refused(observed).length > 0)],
    runs: 300,
  });

/** Real seconds would pass until somebody looks: two retries of the desk. */
const SOON_MS = 5_000;

export default [
  escalated({
    name: 'every-refusal-is-escalated',
    about: 'An order is refused for want of budget, because the books cannot be asked, or because routing fails.',
    setup: { limit: 100, spent: 99 },
    troubles: [null, 'books', 'orders'],
    invariant: eventually<Manager>('everyRefusalIsEscalated', SOON_MS, (observed) =>
      refused(observed).every((order) =>
        observed.subject.office.escalations.some(({ workOrderId }) => workOrderId === order),
      ),
    ),
    asFound: (create) => fail('everyRefusalIsEscalated', create),
  }),
  escalated({
    name: 'desk-is-away',
    about: 'The escalation itself fails, once.',
    setup: { limit: 100, spent: 100 },
    troubles: [null, 'desk'],
    restsOn: 'handleCriticalError asks once and rejects: the document does not print it',
    invariant: eventually<Manager>('everyRefusalIsEscalated', SOON_MS, (observed) =>
      refused(observed).every((order) =>
        observed.subject.office.escalations.some(({ workOrderId }) => workOrderId === order),
      ),
    ),
    asFound: (create) => fail('everyRefusalIsEscalated', create),
  }),
  escalated({
    name: 'escalated-once',
    about: 'The books cannot be asked: one order and one cause is one escalation, however often it is tried.',
    setup: { limit: 100, spent: 50 },
    troubles: [null, 'books'],
    restsOn: 'handleCriticalError records every call: the document does not print it',
    invariant: atRest<Manager>('escalatedOnce', ({ subject: { office } }) => {
      for (const { workOrderId } of office.escalations) {
        // One trouble each: whatever they are called, more than one escalation is a duplicate.
        const count = office.escalations.filter((each) => each.workOrderId === workOrderId).length;
        if (count > 1) return `${workOrderId} was escalated ${count} times`;
      }
      return true;
    }),
  }),
  escalated({
    name: 'escalations-are-true',
    about: 'What an escalation says about the budget is true, also when the books cannot be asked.',
    setup: { limit: 100, spent: 99.5 },
    troubles: [null, 'books'],
    invariant: atRest<Manager>('escalationsAreTrue', ({ subject: { office, limit } }) => {
      for (const { workOrderId, text } of office.escalations) {
        const claim = /\$([\d.]+) \+ \$([\d.]+) > \$([\d.]+)/.exec(text);
        if (claim === null) continue;
        const [spent, cost, said] = claim.slice(1).map(Number) as [number, number, number];
        const really = office.bookings[0]!.cost;
        if (said !== limit || cost !== COST || spent < really || !(spent + cost > said)) {
          return `${workOrderId} was escalated with "${text}" when $${really} of $${limit} were spent`;
        }
      }
      return true;
    }),
  }),
];
