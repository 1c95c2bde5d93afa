import { always, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, service, trip, type Breaker } from './specimens/adapter.ts';

/** So many successes that it stays HALF_OPEN: every call after the trip is a probe. */
const options = { successThreshold: 100, openMs: 100 };

export default scenario<Breaker, { arrives: number }[]>({
  name: 'breaker/bounded-probes',
  ids: ['B5'],
  about: 'The time of OPEN is over. One probe is to find out whether the service is well, not everybody at once.',
  restsOn: { 'as-found': 'canExecute', 'as-documented': 'canExecute' },
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': fail('boundedProbes', () => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  workload: fc.array(fc.record({ arrives: fc.integer({ min: 0, max: 100 }) }), { minLength: 1, maxLength: 6 }),
  body: async ({ sim, subject, workload }) => {
    await trip(sim, subject);
    await sim.sleep(options.openMs + 1);
    await sim.clients(workload, async ({ arrives }) => {
      await sim.sleep(arrives);
      await sim.op('call', {}, () => subject.call(service(sim, [5, 50])));
    });
  },
  invariants: [
    always('boundedProbes', ({ history: { operations } }) => {
      const underWay = operations.filter(({ outcome }) => outcome.kind === 'pending').length;
      return underWay <= 1 ? undefined : `${underWay} probes are under way at once`;
    }),
    sometimes('secondProbe', ({ history: { operations } }) =>
      operations.some(
        ({ outcome, endedTurn }) =>
          outcome.kind === 'returned' &&
          outcome.value === 'done' &&
          operations.some(({ outcome, invokedTurn }) => outcome.kind === 'pending' && invokedTurn > endedTurn),
      ),
    ),
  ],
});
