import { fc, hold, judge, scenario, sometimes, type Body, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, service, type Breaker } from './specimens/adapter.ts';

const options = { failureThreshold: 3, openMs: 1000 };

/** Until it trips: what is counted is what was reported, in the order in which it was. */
const everyOutcomeCounts: Invariant<Breaker> = {
  name: 'everyOutcomeCounts',
  watch: ({ subject }) => {
    let failures = 0;
    return {
      ended: ({ outcome }) => {
        if (failures < options.failureThreshold) failures = outcome.kind === 'threw' ? failures + 1 : 0;
        return undefined;
      },
      afterTurn: () => {
        const { state, failuresInARow } = subject;
        if (failures === options.failureThreshold)
          return state === 'OPEN' ? undefined : `${failures} failed in a row, ${state}`;
        if (state === 'CLOSED' && failuresInARow === failures) return undefined;
        return `${failures} failed in a row, the breaker is ${state} and counts ${failuresInARow}`;
      },
    };
  },
};

const outcomes = {
  ids: ['B5'],
  about:
    'The reported race: outcomes reported at the same time break the counters. It cannot occur on one event loop: ' +
    'each outcome is counted in one turn, with the mutex and without.',
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': judge(() => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  body: async ({ sim, subject, workload }: Body<Breaker, { fails: boolean; ms?: number }[]>) => {
    await sim.clients(workload, async ({ fails, ms }) => {
      await sim.attempt('call', { fails }, () => subject.call(service(sim, [ms ?? 0, ms ?? 20], fails)));
    });
  },
  invariants: [everyOutcomeCounts, sometimes<Breaker>('tripped', ({ subject }) => subject.state === 'OPEN')],
};

export default [
  scenario({
    ...outcomes,
    name: 'breaker/outcomes-race',
    workload: fc.array(fc.record({ fails: fc.boolean() }), { minLength: 2, maxLength: 8 }),
  }),
  scenario({
    ...outcomes,
    name: 'breaker/outcomes-race-in-every-order',
    every: [
      [true, true, true],
      [true, true, false, true],
    ].map((calls) => calls.map((fails) => ({ fails, ms: 0 }))),
  }),
];
