import { always, fail, fc, hold, inputOf, judge, returnedObject, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;

export default scenario<Budget, { amount: number; asks: boolean }[]>({
  name: 'budget/usage-only-of-validated',
  ids: ['B2'],
  about: 'A client reports usage of an operation for which it never asked: spending that no limit has seen.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('usageOnlyOfValidated', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 8 }), asks: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ amount, asks }, id) => {
      const answer = asks ? await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount)) : undefined;
      if (answer?.approved === false) return;
      await sim.io('work', { latency: [5, 50] });
      await sim.attempt('spend', { id, amount }, () => subject.spend(id, amount, answer));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    always('usageOnlyOfValidated', ({ subject: { used }, history: { operations } }) => {
      const validated = operations
        .filter((operation) => returnedObject(operation)?.['approved'] === true)
        .reduce((sum, operation) => sum + Number(inputOf(operation)['amount']), 0);
      return used <= validated ? undefined : `${used} is used, and ${validated} was validated`;
    }),
    sometimes('neverAsked', ({ history: { operations } }) =>
      operations.some(
        (spend) =>
          spend.name === 'spend' && !operations.some(({ name, task }) => name === 'reserve' && task === spend.task),
      ),
    ),
  ],
  runs: 300,
});
