import { fail, fc, hold, judge, noDoubleGrant, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

export default scenario<Locks, { arrive: number; ms: number }[]>({
  name: 'lock/no-double-grant',
  ids: ['B6'],
  restsOn: {
    'as-found': 'the lock ends at the `expiresAt` of its waiter, the only instant that is printed',
    'as-documented': 'the lock ends at the `expiresAt` of its waiter, the only instant that is printed',
  },
  about: 'the time spent waiting is taken off the lease: who was granted late holds a lock that ends under its hands',
  subjects: { ours: hold(ours), 'as-found': fail('noDoubleGrant', asFound), 'as-documented': judge(asDocumented) },
  workload: fc.array(fc.record({ arrive: fc.integer({ min: 0, max: 30 }), ms: fc.integer({ min: 10, max: 30 }) }), {
    minLength: 2,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    const resource = 'r';
    await sim.clients(workload, async ({ arrive, ms }, name) => {
      await sim.io('arrive', { latency: arrive });
      const got = await sim.attempt('acquire', { resource, ms }, () => subject.acquire(resource, name, ms));
      if (!got.ok) return;
      // The lease counts from here, and everybody is done well within it.
      const held = await sim.op('lease', { resource, leaseMs: ms }, () => got.value);
      await sim.io('critical section', { latency: ms - 1 });
      await sim.attempt('release', { resource }, () => subject.release(resource, held));
    });
  },
  invariants: [
    noDoubleGrant({ acquire: 'lease' }),
    sometimes('grantedAfterWaiting', ({ history }) =>
      history.operations.some(
        ({ name, outcome, invokedAt, endedAt }) =>
          name === 'acquire' && outcome.kind === 'returned' && endedAt > invokedAt,
      ),
    ),
  ],
});
