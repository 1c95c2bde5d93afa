import { fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, type SharedBreakers } from './specimens/shared-breakers.ts';

const options = { failureThreshold: 1, openMs: 100, latency: [0, 5] as const };

const oneProbe: Invariant<SharedBreakers> = {
  name: 'oneProbe',
  watch: ({ history: { operations } }) => ({
    afterTurn: () => {
      const probes = operations.filter(({ name, outcome }) => name === 'probe' && outcome.kind === 'pending');
      return probes.length > 1 ? `${probes.map(({ task }) => task).join(' and ')} probe at once` : undefined;
    },
  }),
};

export default scenario<SharedBreakers, { asks: number }[]>({
  name: 'breaker/shared-probes',
  ids: ['F4'],
  about:
    'The time of OPEN is over, and several processes ask at once. One of them is to find out whether the service is well; ' +
    'who only reads the state lets all of them go. Rests on completed lines: how OPEN ends is not in the document.',
  restsOn: { 'as-found': 'how OPEN ends', 'as-documented': 'how OPEN ends' },
  subjects: {
    ours: hold(ours(options)),
    'as-found': fail('oneProbe', asFound(options)),
    'as-documented': judge(asDocumented(options)),
  },
  workload: fc.array(fc.record({ asks: fc.integer({ min: 80, max: 200 }) }), { minLength: 1, maxLength: 4 }),
  runs: 500,
  body: async ({ sim, subject, workload }) => {
    const report = await subject.breaker().admit();
    await report?.(false);
    await sim.clients(workload, async ({ asks }) => {
      await sim.sleep(asks);
      const report = await sim.op('ask', {}, () => subject.breaker().admit());
      if (report === undefined) return;
      await sim.op('probe', {}, () => sim.io('call', { latency: 50 }));
      await report(false);
    });
  },
  invariants: [
    oneProbe,
    sometimes('probed', ({ history: { operations } }) => operations.some(({ name }) => name === 'probe')),
    sometimes('refused', ({ history: { operations } }) =>
      operations.some(
        ({ name, outcome }) => name === 'ask' && outcome.kind === 'returned' && outcome.value === undefined,
      ),
    ),
  ],
});
