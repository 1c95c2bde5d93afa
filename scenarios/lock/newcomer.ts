import { fc, hold, judge, scenario, sometimes } from 'heddle';
import { firstComeFirstServed } from './specimens/invariants.ts';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

export default scenario<Locks, { arrive: number; rounds: number }[]>({
  name: 'lock/newcomer',
  ids: ['B6'],
  restsOn: {
    'as-found': 'that a release frees the lock and passes it on in one step',
    'as-documented': 'that a release frees the lock and passes it on in one step',
  },
  about: 'somebody who comes between a release and the grant to the first waiter takes the lock from under its nose',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  workload: fc.array(fc.record({ arrive: fc.integer({ min: 0, max: 20 }), rounds: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 2,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    const resource = 'r';
    await sim.clients(workload, async ({ arrive, rounds }, name) => {
      await sim.io('arrive', { latency: [0, arrive] });
      // Who releases asks again in the same turn: nobody can be earlier.
      for (let round = 0; round < rounds; round += 1) {
        const held = await sim.op('acquire', { resource }, () => subject.acquire(resource, name, 60_000));
        await sim.io('critical section', { latency: [1, 10] });
        await sim.op('release', { resource }, () => subject.release(resource, held));
      }
    });
  },
  invariants: [
    firstComeFirstServed(),
    sometimes('askedInTheTurnOfARelease', ({ history: { operations } }) =>
      operations.some(
        ({ name, invokedTurn, endedTurn }) =>
          name === 'acquire' &&
          endedTurn > invokedTurn &&
          operations.some((other) => other.name === 'release' && other.endedTurn === invokedTurn),
      ),
    ),
  ],
});
