import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';
import { nothingStaysReserved } from './specimens/invariants.ts';

const limit = 10;

export default scenario<Budget, { estimate: number; fails: boolean }[]>({
  name: 'budget/failed-operation',
  ids: ['B3'],
  about: 'Operations fail after they were approved. As found nobody gives their reservations back.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('nothingStaysReserved', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.record({ estimate: fc.integer({ min: 1, max: 8 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ estimate, fails }, id) => {
      const perform = async (): Promise<number> => {
        await sim.io('work', { latency: [5, 50] });
        if (fails) throw new Error('work failed');
        return estimate;
      };
      await sim.attempt('run', { id, estimate }, () => subject.run(id, estimate, perform));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    nothingStaysReserved(),
    sometimes('failed', ({ history: { operations } }) =>
      operations.some(({ outcome, invokedAt, endedAt }) => outcome.kind === 'threw' && endedAt > invokedAt),
    ),
  ],
  runs: 300,
});
