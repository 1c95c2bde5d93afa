import { fail, fc, hold, judge, noOverspend, returnedObject, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;

export default scenario<Budget, { amount: number }[]>({
  name: 'budget/bad-amounts',
  ids: ['B1'],
  about:
    'A client passes an estimate that is no amount of money: NaN, negative, infinite, null or undefined. After it, ' +
    'the honest ones get more than there is.',
  restsOn: {
    'as-found': 'the arithmetic without a check of amounts; no check is printed',
    'as-documented': 'the arithmetic without a check of amounts; no check is printed',
  },
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('noOverspend', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(
    fc.record({
      amount: fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) },
        { weight: 1, arbitrary: fc.constantFrom(NaN, -5, Infinity, -Infinity, null as never, undefined as never) },
      ),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  body: async ({ sim, subject, workload }) => {
    for (const [index, { amount }] of workload.entries()) {
      const id = `op${index + 1}`;
      await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount));
    }
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    noOverspend({
      limit,
      // Only what honest clients were promised is summed up.
      approved: (reserve) =>
        returnedObject(reserve)?.['approved'] === true && (reserve.input as { amount: number }).amount > 0,
    }),
    sometimes('badAmount', ({ history }) =>
      history.operations.some(({ input }) => !((input as { amount: number }).amount > 0)),
    ),
  ],
  runs: 300,
});
