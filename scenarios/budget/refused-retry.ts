import { fc, hold, judge, noOverspend, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;
const PRICES = { report: 6, summary: 10, index: 3 };

export default scenario<Budget, (keyof typeof PRICES)[]>({
  name: 'budget/refused-retry',
  ids: ['B3'],
  about:
    'A second caller of an operation that is under way is refused. The documented catch block then releases the ' +
    'reservation of the first, whose money is spent a second time. As found nothing is released, so this holds.',
  restsOn: { 'as-documented': 'that a refusal throws' },
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': judge(() => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.constantFrom('report' as const, 'summary' as const, 'index' as const), {
    minLength: 1,
    maxLength: 5,
  }),
  body: async ({ sim, subject, workload }) => {
    subject.on('reservationReleased', ({ operationId }) => {
      sim.tell('reservation released', { id: operationId });
    });
    await sim.clients(workload, async (id) => {
      const amount = PRICES[id];
      const perform = async (): Promise<number> => {
        await sim.io('work', { latency: [10, 50] });
        return amount;
      };
      await sim.attempt('run', { id, estimate: amount }, () =>
        subject.run(id, amount, () => sim.op('perform', { id, amount }, perform)),
      );
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    // The money is gone when the work is done, whatever the accounts say.
    noOverspend({ limit, reserve: 'perform', approved: () => true }),
    sometimes('retryRefused', ({ history: { operations } }) =>
      operations.some(
        ({ name, input, outcome, endedAt, invokedAt }) =>
          name === 'run' &&
          outcome.kind === 'threw' &&
          operations.some((work) => {
            const sameId = (work.input as { id: string }).id === (input as { id: string }).id;
            return work.name === 'perform' && sameId && work.invokedAt <= invokedAt && work.endedAt > endedAt;
          }),
      ),
    ),
  ],
});
