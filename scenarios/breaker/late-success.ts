import { fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, service, trip, type Breaker } from './specimens/adapter.ts';

const options = { openMs: 50 };

/** It closes after a trip only when a call that was admitted since has succeeded. */
const closesByProbesOnly: Invariant<Breaker> = {
  name: 'closesByProbesOnly',
  watch: ({ subject }) => {
    let last = subject.state;
    let proved = false;
    const since = new Set<number>();
    return {
      invoked: ({ index }) => {
        since.add(index);
        return undefined;
      },
      ended: ({ index, outcome }) => {
        if (since.has(index) && outcome.kind === 'returned' && outcome.value === 'done') proved = true;
        return undefined;
      },
      afterTurn: () => {
        const { state } = subject;
        if (state === 'CLOSED' && last !== 'CLOSED' && !proved) {
          return 'it closed, and no call that began after the trip has succeeded';
        }
        if (state === 'OPEN' && last !== 'OPEN') {
          since.clear();
          proved = false;
        }
        last = state;
        return undefined;
      },
    };
  },
};

export default scenario<Breaker, { takes: number }[]>({
  name: 'breaker/late-success',
  ids: ['B5'],
  about:
    'Slow calls from before the trip succeed after it. They say nothing about the service as it is now, yet they ' +
    'close the breaker while the first probe is still under way.',
  restsOn: {
    'as-found': 'what a success does in HALF_OPEN; what it does in OPEN is printed',
    'as-documented': 'what a success does in HALF_OPEN; what it does in OPEN is printed',
  },
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': fail('closesByProbesOnly', () => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  workload: fc.array(fc.record({ takes: fc.constantFrom(30, 80, 120, 160) }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    const slow = sim.clients(workload, async ({ takes }) => {
      await sim.op('slow call', {}, () => subject.call(service(sim, takes)));
    });
    await trip(sim, subject, 20);
    await sim.sleep(options.openMs + 1);
    await sim.op('probe', {}, () => subject.call(service(sim, 100)));
    await slow;
  },
  invariants: [
    closesByProbesOnly,
    sometimes('lateSuccessDuringProbe', ({ subject: { state }, history: { operations } }) => {
      const probe = operations.find(({ name }) => name === 'probe');
      if (state === 'OPEN' || probe?.outcome.kind !== 'pending') return false;
      return operations.some(
        ({ name, endedTurn }) => name === 'slow call' && endedTurn > probe.invokedTurn && endedTurn !== Infinity,
      );
    }),
  ],
});
