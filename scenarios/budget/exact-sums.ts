import { fail, fc, hold, inputOf, judge, returnedObject, scenario, sometimes, type Operation } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';
import { nothingStaysReserved } from './specimens/invariants.ts';

/** Amounts in tenths of a currency unit: none but 0.5 is a binary fraction. */
const workload = fc.array(fc.record({ tenths: fc.integer({ min: 1, max: 9 }) }), { minLength: 1, maxLength: 5 });
type Workload = { tenths: number }[];

const dust = scenario<Budget, Workload>({
  name: 'budget/no-dust',
  ids: ['B1', 'B3'],
  about: 'Decimal amounts come and go in different orders: floating point leaves dust that nobody has reserved.',
  restsOn: { 'as-found': 'the sums of decimal amounts', 'as-documented': 'the sums of decimal amounts' },
  subjects: {
    ours: hold(() => ours({ limit: 10 })),
    'as-found': fail('nothingStaysReserved', () => asFound({ limit: 10 })),
    'as-documented': judge(() => asDocumented({ limit: 10 })),
  },
  workload,
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ tenths }, id) => {
      const amount = tenths / 10;
      const answer = await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount));
      await sim.io('work', { latency: [5, 50] });
      await sim.op('spend', { id, amount }, () => subject.spend(id, amount, answer));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [nothingStaysReserved()],
});

/** Refuses only what does not fit, counted in tenths. */
function falseRefusal(operations: readonly Operation[], limit: number): string | undefined {
  let left = limit;
  for (const operation of operations) {
    const tenths = Number(inputOf(operation)['tenths']);
    const approved = returnedObject(operation)?.['approved'];
    if (approved === true) left -= tenths;
    if (approved === false && tenths <= left) return `${tenths} tenths were refused with ${left} of ${limit} left`;
  }
  return undefined;
}

const fits = scenario<Budget, Workload>({
  name: 'budget/what-fits-is-approved',
  ids: ['B1'],
  about: 'Decimal amounts that add up to the limit exactly: in floating point 0.1 + 0.2 is more than 0.3.',
  restsOn: { 'as-found': 'the comparison of decimal amounts', 'as-documented': 'the comparison of decimal amounts' },
  subjects: {
    ours: hold(() => ours({ limit: 0.9 })),
    'as-found': fail('refusesOnlyWhatDoesNotFit', () => asFound({ limit: 0.9 })),
    'as-documented': judge(() => asDocumented({ limit: 0.9 })),
  },
  workload,
  body: async ({ sim, subject, workload }) => {
    for (const [index, { tenths }] of workload.entries()) {
      const id = `op${index + 1}`;
      await sim.op('reserve', { id, tenths }, () => subject.reserve(id, tenths / 10));
    }
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    {
      name: 'refusesOnlyWhatDoesNotFit',
      watch: ({ history }) => ({ ended: () => falseRefusal(history.operations, 9) }),
    },
    sometimes('refused', ({ history }) =>
      history.operations.some((operation) => returnedObject(operation)?.['approved'] === false),
    ),
  ],
});

export default [dust, fits];
