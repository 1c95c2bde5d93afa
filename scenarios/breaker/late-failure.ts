import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, service, trip, type Breaker } from './specimens/adapter.ts';

const options = { openMs: 100 };

export default scenario<Breaker, { takes: number }[]>({
  name: 'breaker/late-failure',
  ids: ['B5'],
  about: 'Slow calls from before the trip fail after it. Each of them begins the time of OPEN anew.',
  restsOn: { 'as-found': 'recordFailure', 'as-documented': 'recordFailure' },
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': fail('openForItsTimeOnly', () => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  workload: fc.array(fc.record({ takes: fc.constantFrom(30, 60, 90, 150) }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    const slow = sim.clients(workload, async ({ takes }) => {
      await sim.attempt('slow call', {}, () => subject.call(service(sim, takes, true)));
    });
    await trip(sim, subject, 20);
    await sim.sleep(options.openMs + 1);
    await sim.op('ask', {}, () => subject.canExecute());
    await slow;
  },
  invariants: [
    {
      name: 'openForItsTimeOnly',
      watch: () => ({
        ended: ({ name, outcome }) =>
          name === 'ask' && outcome.kind === 'returned' && outcome.value === false
            ? `${options.openMs + 1} ms after it opened it still refuses`
            : undefined,
      }),
    },
    sometimes('lateFailure', ({ history: { operations } }) => {
      const failed = operations.filter(({ outcome }) => outcome.kind === 'threw');
      return failed.length > 1 && operations.every(({ name }) => name !== 'ask');
    }),
  ],
  runs: 300,
});
