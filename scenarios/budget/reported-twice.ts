import { fail, fc, hold, judge, noOverspend, scenario } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';

const limit = 10;

interface Work {
  arrives: number;
  estimate: number;
  actual: number;
}

export default scenario<Budget, Work[]>({
  name: 'budget/reported-twice',
  ids: ['B2'],
  about:
    'The reply to a report is lost, so the client reports again. Recording twice gives the reservation back twice, ' +
    'and the next client is promised money that is not there.',
  restsOn: {
    'as-found': 'the arithmetic of recordUsage, which is described in words',
    'as-documented': 'the arithmetic of recordUsage, which is described in words',
  },
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('noOverspend', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(
    fc.record({
      arrives: fc.integer({ min: 0, max: 100 }),
      estimate: fc.integer({ min: 1, max: 10 }),
      actual: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  body: async ({ sim, subject, workload }) => {
    const network = sim.device('network', { spend: subject.spend.bind(subject) }, { faults: ['lost reply'] });
    await sim.clients(workload, async ({ arrives, estimate, actual }, id) => {
      await sim.sleep(arrives);
      const answer = await sim.op('reserve', { id, amount: estimate }, () => subject.reserve(id, estimate));
      if (!answer.approved) return;
      const report = (): Promise<unknown> => network.spend(id, actual, answer);
      await sim.attempt('spend', { id, amount: actual }, () => report().catch(report));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [noOverspend({ limit })],
});
