import { fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, service, trip, type Breaker } from './specimens/adapter.ts';

const options = { successThreshold: 1, openMs: 100 };

const oneSuccessCloses: Invariant<Breaker> = {
  name: 'oneSuccessCloses',
  watch: ({ subject }) => ({
    ended: ({ outcome }) =>
      outcome.kind === 'returned' && outcome.value === 'done' && subject.state !== 'CLOSED'
        ? `a probe succeeded, one is enough, and the breaker is ${subject.state}`
        : undefined,
  }),
};

export default scenario<Breaker, { fails: boolean }[]>({
  name: 'breaker/threshold-of-one',
  ids: ['B5'],
  about:
    'One successful probe is to close the breaker. In the printed recordSuccess the first one only leads from OPEN to ' +
    'HALF_OPEN: it takes two.',
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': judge(() => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  workload: fc.array(fc.record({ fails: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    await trip(sim, subject);
    for (const { fails } of workload) {
      await sim.sleep(options.openMs + 1);
      await sim.attempt('call', { fails }, () => subject.call(service(sim, [1, 20], fails)));
    }
  },
  invariants: [
    oneSuccessCloses,
    sometimes('probed', ({ history: { operations } }) =>
      operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === 'done'),
    ),
  ],
  runs: 300,
});
