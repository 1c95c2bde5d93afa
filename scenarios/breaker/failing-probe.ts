import { fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, service, trip, type Breaker } from './specimens/adapter.ts';

const options = { failureThreshold: 2, successThreshold: 2, openMs: 100 };

export default scenario<Breaker, { takes: number }[]>({
  name: 'breaker/failing-probe',
  ids: ['B5'],
  about:
    'A probe fails, so OPEN must begin anew. In the printed recordSuccess a late success from before the trip sets the ' +
    'failure count to 0 in OPEN, and then failing probes pass until a full threshold of them has failed.',
  restsOn: { 'as-documented': 'recordFailure' },
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': judge(() => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  workload: fc.array(fc.record({ takes: fc.constantFrom(5, 30, 60) }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    const slow = sim.clients(workload, async ({ takes }) => {
      await sim.op('slow call', {}, () => subject.call(service(sim, takes)));
    });
    await Promise.all([trip(sim, subject, 20), trip(sim, subject, 20)]);
    await slow;
    await sim.sleep(options.openMs + 1);
    await sim.attempt('probe', { fails: true }, () => subject.call(service(sim, 1, true)));
    await sim.op('ask', {}, () => subject.canExecute());
  },
  invariants: [
    {
      name: 'failedProbeOpens',
      watch: () => ({
        ended: ({ name, outcome }) =>
          name === 'ask' && outcome.kind === 'returned' && outcome.value === true
            ? 'the probe has just failed, and the next call would be admitted'
            : undefined,
      }),
    },
    sometimes('lateSuccess', ({ history: { operations } }) =>
      operations.some(({ name, endedAt }) => name === 'slow call' && endedAt !== Infinity && endedAt > 20),
    ),
  ],
});
