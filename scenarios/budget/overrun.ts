import { always, fail, fc, hold, inputOf, judge, noOverspend, scenario, sometimes } from 'heddle';
import type { Body, Invariant, Operation } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;
/** Shorter than the longest work, so that with us usage is also reported late. */
const reservationTtlMs = 40;

interface Work {
  estimate: number;
  actual: number;
}

const workload = fc.array(
  fc.record({ estimate: fc.integer({ min: 1, max: 8 }), actual: fc.integer({ min: 0, max: 12 }) }),
  { minLength: 1, maxLength: 5 },
);

async function body({ sim, subject, workload }: Body<Budget, Work[]>): Promise<void> {
  subject.on('overrun', ({ operationId }) => {
    sim.tell('over-run announced', { id: operationId });
  });
  await sim.clients(workload, async ({ estimate, actual }, id, index) => {
    await sim.sleep(index * 15);
    const answer = await sim.op('reserve', { id, amount: estimate }, () => subject.reserve(id, estimate));
    if (!answer.approved) return;
    await sim.io('work', { latency: [5, 80] });
    await sim.op('spend', { id, amount: actual }, () => subject.spend(id, actual, answer));
  });
}

function shutdown({ subject }: Body<Budget, Work[]>): void {
  subject.close();
}

/** The approval to a spend. */
function approvalOf(operations: readonly Operation[], spend: Operation): Operation {
  return operations.find(({ name, input, task }) => name === 'reserve' && task === spend.task && input !== undefined)!;
}

function amountOf(operation: Operation): number {
  return Number(inputOf(operation)['amount']);
}

const announced: Invariant<Budget> = {
  name: 'overrunAnnouncedOnce',
  watch: ({ history: { operations, facts } }) => ({
    ended: (spend) => {
      if (spend.name !== 'spend') return undefined;
      const { id } = inputOf(spend);
      const times = facts.filter(({ data }) => (data as { id: string }).id === id).length;
      const [estimate, actual] = [amountOf(approvalOf(operations, spend)), amountOf(spend)];
      if (times > 1) return `the over-run of ${String(id)} was announced ${times} times`;
      if (times === 1 || actual <= estimate) return undefined;
      return `${String(id)} spent ${actual} with ${estimate} reserved, and nobody was told`;
    },
  }),
};

const isAnnounced = scenario<Budget, Work[]>({
  name: 'budget/overrun-announced',
  ids: ['B1', 'B2'],
  about: 'An operation costs more than its estimate. Nothing can undo that, but somebody must hear of it.',
  subjects: {
    ours: hold(() => ours({ limit, reservationTtlMs })),
    'as-found': fail('overrunAnnouncedOnce', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload,
  body,
  shutdown,
  invariants: [announced],
});

/** What was spent beyond what was held for it; all of it, where the reservation may have expired. */
function excess(operations: readonly Operation[]): number {
  let sum = 0;
  for (const spend of operations) {
    if (spend.name !== 'spend' || spend.outcome.kind !== 'returned') continue;
    const approval = approvalOf(operations, spend);
    const held = spend.endedAt - approval.endedAt >= reservationTtlMs ? 0 : amountOf(approval);
    sum += Math.max(0, amountOf(spend) - held);
  }
  return sum;
}

const isBounded = scenario<Budget, Work[]>({
  name: 'budget/overrun-bounded',
  ids: ['B1', 'B2'],
  about:
    'An operation costs more than its estimate, or reports after its reservation has expired. The limit may be ' +
    'exceeded by that excess, not by more: nothing is approved on top of it.',
  subjects: {
    ours: hold(() => ours({ limit, reservationTtlMs })),
    'as-found': judge(() => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload,
  body,
  shutdown,
  invariants: [
    noOverspend({ limit, expiresAfter: reservationTtlMs }),
    always('overrunBounded', ({ subject: { used, reserved }, history }) => {
      const bound = limit + excess(history.operations);
      return used + reserved <= bound ? undefined : `${used} used and ${reserved} reserved, bound ${bound}`;
    }),
    sometimes('overLimit', ({ subject: { used, reserved } }) => used + reserved > limit),
  ],
});

export default [isAnnounced, isBounded];
