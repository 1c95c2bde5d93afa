import { fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';
import { everySpendIsCounted } from './specimens/invariants.ts';

const limit = 100;

export default scenario<Budget, { amount: number; fails: boolean }[]>({
  name: 'budget/every-spend-counts',
  ids: ['B2', 'B3'],
  about:
    'Two callers of one operation, and one of them fails. The documented catch block deletes the operation, and ' +
    'what the other one spends cannot be recorded any more. As found nothing is deleted, so this holds.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': judge(() => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 12 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    const id = 'report';
    subject.on('reservationReleased', ({ operationId }) => {
      sim.tell('reservation released', { id: operationId });
    });
    await sim.clients(workload, async ({ amount, fails }) => {
      const perform = async (): Promise<number> => {
        await sim.io('work', { latency: [5, 50] });
        if (fails) throw new Error('work failed');
        return amount;
      };
      await sim.attempt('run', { id, estimate: amount }, () =>
        subject.run(id, amount, () => sim.op('perform', { amount, fails }, perform)),
      );
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [everySpendIsCounted(), sometimes('spent', ({ subject }) => subject.used > 0)],
});
