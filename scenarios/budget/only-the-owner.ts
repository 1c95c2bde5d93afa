import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';
import { accountsAgree } from './specimens/invariants.ts';

const limit = 20;

export default scenario<Budget, { amount: number; stranger: 'releases' | 'spends' | 'waits' }[]>({
  name: 'budget/only-the-owner',
  ids: ['B2', 'B3'],
  about: 'Somebody who knows the id of an operation, but did not reserve for it, gives its money back or spends it.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('accountsAgree', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(
    fc.record({
      amount: fc.integer({ min: 1, max: 8 }),
      stranger: fc.constantFrom('waits' as const, 'releases' as const, 'spends' as const),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  body: async ({ sim, subject, workload }) => {
    const strangers = workload.map(({ amount, stranger }, index) => {
      const id = `c${index + 1}`;
      return sim.client(`s${index + 1}`, async () => {
        await sim.io('look around', { latency: [0, 50] });
        if (stranger === 'releases') await sim.attempt('stranger releases', { id }, () => subject.release(id));
        if (stranger === 'spends')
          await sim.attempt('stranger spends', { id, amount }, () => subject.spend(id, amount));
      });
    });
    const owners = sim.clients(workload, async ({ amount }, id) => {
      const answer = await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount));
      if (!answer.approved) return;
      await sim.io('work', { latency: [5, 50] });
      await sim.attempt('spend', { id, amount }, () => subject.spend(id, amount, answer));
    });
    await Promise.all([owners, ...strangers]);
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    accountsAgree(),
    sometimes('strangerDuringWork', ({ history: { operations } }) =>
      operations.some(
        ({ name, input }) =>
          name.startsWith('stranger') &&
          !operations.some((spend) => spend.name === 'spend' && idOf(spend.input) === idOf(input)),
      ),
    ),
  ],
  runs: 300,
});

function idOf(input: unknown): string {
  return (input as { id: string }).id;
}
