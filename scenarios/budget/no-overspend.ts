import { fc, hold, judge, noOverspend, returnedObject, scenario, sometimes, type Body } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;

const requests = {
  ids: ['B1'],
  about:
    'The reported race: two requests see the same budget and both reserve it. It cannot occur on one event loop: ' +
    'check and reservation are one turn, with the mutex and without.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': judge(() => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  body: async ({ sim, subject, workload }: Body<Budget, { amount: number; ms?: number }[]>) => {
    await sim.clients(workload, async ({ amount, ms }, id) => {
      const answer = await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount));
      if (!answer.approved) return;
      await sim.io('work', { latency: ms ?? [5, 50] });
      await sim.op('spend', { id, amount }, () => subject.spend(id, amount, answer));
    });
  },
  shutdown: ({ subject }: Body<Budget, unknown>) => {
    subject.close();
  },
  invariants: [
    noOverspend({ limit }),
    sometimes<Budget>('refused', ({ history: { operations } }) =>
      operations.some((operation) => returnedObject(operation)?.['approved'] === false),
    ),
    sometimes<Budget>(
      'contended',
      ({ subject: { used, reserved } }) => used > 0 && reserved > 0 && used + reserved === limit,
    ),
  ],
};

export default [
  scenario({
    ...requests,
    name: 'budget/no-overspend',
    workload: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 8 }) }), { minLength: 2, maxLength: 6 }),
  }),
  scenario({
    ...requests,
    name: 'budget/no-overspend-in-every-order',
    subjects: { ...requests.subjects, ours: hold(() => ours({ limit, numbered: true })) },
    // Two alone, then more. Who is done at once makes room for who comes late; who takes as long as the others reports among them.
    every: [
      [6, 5].map((amount) => ({ amount, ms: 0 })),
      [6, 4, 5].map((amount) => ({ amount, ms: 0 })),
      [6, 4, 5].map((amount) => ({ amount, ms: 10 })),
      [5, 5, 5, 5].map((amount, i) => ({ amount, ms: i === 0 ? 0 : 10 })),
    ],
  }),
];
