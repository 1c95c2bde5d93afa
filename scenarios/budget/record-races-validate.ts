import { fc, hold, judge, noOverspend, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';
import { accountsAgree } from './specimens/invariants.ts';

const limit = 10;

export default scenario<Budget, { estimate: number; actual: number; arrives: number }[]>({
  name: 'budget/record-races-validate',
  ids: ['B1', 'B2'],
  about:
    'The documented recordUsage is outside the mutex, so it may run while a validation waits inside. That cannot ' +
    'break the accounts: nothing is decided across an await.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': judge(() => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(
    fc.record({
      estimate: fc.integer({ min: 1, max: 8 }),
      actual: fc.integer({ min: 0, max: 8 }),
      arrives: fc.integer({ min: 0, max: 20 }),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ estimate, actual, arrives }, id) => {
      await sim.sleep(arrives);
      const answer = await sim.op('reserve', { id, amount: estimate }, () => subject.reserve(id, estimate));
      if (!answer.approved) return;
      await sim.io('work', { latency: [1, 20] });
      // The next request comes in the turn of this report: nothing can be closer to it.
      const spent = sim.op('spend', { id, amount: actual }, () => subject.spend(id, actual, answer));
      const next = `${id} again`;
      await Promise.all([
        spent,
        sim.op('reserve', { id: next, amount: estimate }, () => subject.reserve(next, estimate)),
      ]);
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    noOverspend({ limit }),
    accountsAgree(),
    sometimes('full', ({ subject: { used, reserved } }) => used + reserved === limit),
  ],
});
