import { fc, hold, judge, noOverspend, returnedObject, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;

export default scenario<Budget, { amount: number }[]>({
  name: 'budget/no-overspend',
  ids: ['B1'],
  about:
    'The reported race: two requests see the same budget and both reserve it. It cannot occur on one event loop: ' +
    'check and reservation are one turn, with the mutex and without.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': judge(() => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 8 }) }), { minLength: 2, maxLength: 6 }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ amount }, id) => {
      const answer = await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount));
      if (!answer.approved) return;
      await sim.io('work', { latency: [5, 50] });
      await sim.op('spend', { id, amount }, () => subject.spend(id, amount, answer));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    noOverspend({ limit }),
    sometimes('refused', ({ history: { operations } }) =>
      operations.some((operation) => returnedObject(operation)?.['approved'] === false),
    ),
    sometimes('contended', ({ subject: { used, reserved } }) => used > 0 && reserved > 0 && used + reserved === limit),
  ],
});
