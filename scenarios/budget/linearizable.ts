import { fail, fc, hold, judge, linearizable, models, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;

interface Request {
  amount: number;
  arrives: number;
  then: 'spend' | 'release';
}

export default scenario<Budget, Request[]>({
  name: 'budget/linearizable',
  ids: ['B1', 'B3'],
  about:
    'Callers far away reserve, spend and release. Whatever the manager answers, it could have answered them one after the ' +
    'other: it approves what there is room for, and it refuses nothing else. As found nothing can be given back.',
  subjects: {
    ours: hold((network) => ours({ limit, network })),
    'as-found': fail('exactBudget', (network) => asFound({ limit, network })),
    'as-documented': judge((network) => asDocumented({ limit, network })),
  },
  workload: fc.array(
    fc.record({
      amount: fc.integer({ min: 1, max: 8 }),
      arrives: fc.integer({ min: 0, max: 60 }),
      then: fc.constantFrom<Request['then'][]>('spend', 'release'),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  runs: 300,
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ amount, arrives, then }, id) => {
      await sim.io('arrive', { latency: arrives });
      const answer = await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount));
      if (!answer.approved) return;
      await sim.op(then, { id, amount }, () =>
        then === 'spend' ? subject.spend(id, amount, answer) : subject.release(id, answer),
      );
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    linearizable('exactBudget', models.budget({ limit })),
    sometimes('refused', ({ history: { operations } }) =>
      operations.some(({ name, outcome }) => {
        return name === 'reserve' && outcome.kind === 'returned' && !(outcome.value as { approved: boolean }).approved;
      }),
    ),
    sometimes('askedDuringRelease', ({ history: { operations } }) => {
      const underWay = operations.filter(({ outcome }) => outcome.kind === 'pending').map(({ name }) => name);
      return underWay.includes('release') && underWay.includes('reserve');
    }),
  ],
});
