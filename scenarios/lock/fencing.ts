import { fail, fc, hold, judge, noDoubleGrant, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

export default scenario<Locks, { arrive: number; busy: number }[]>({
  name: 'lock/fencing',
  ids: ['B6'],
  restsOn: {
    'as-found': 'that a lock ends by itself; no token is printed anywhere',
    'as-documented': 'that a lock ends by itself; no token is printed anywhere',
  },
  about: 'a holder that is slower than its lease writes after its successor, and nothing tells the resource',
  subjects: { ours: hold(ours), 'as-found': fail('noDoubleGrant', asFound), 'as-documented': judge(asDocumented) },
  workload: fc.array(fc.record({ arrive: fc.constantFrom(0, 20, 40), busy: fc.constantFrom(5, 15, 50) }), {
    minLength: 2,
    maxLength: 3,
  }),
  body: async ({ sim, subject, workload }) => {
    const resource = 'r';
    const ms = 20;
    await sim.clients(workload, async ({ arrive, busy }, name) => {
      await sim.io('arrive', { latency: arrive });
      const got = await sim.attempt('acquire', { resource, leaseMs: ms }, () => subject.acquire(resource, name, ms));
      if (!got.ok) return;
      const { token } = got.value;
      await sim.io('critical section', { latency: busy });
      const written = await sim.attempt('write', { resource, token }, () => {
        subject.write(got.value);
      });
      if (written.ok) sim.tell('accepted', { resource, token });
      await sim.attempt('release', { resource }, () => subject.release(resource, got.value));
    });
  },
  invariants: [
    noDoubleGrant(),
    sometimes('wroteAfterItsLease', ({ history }) =>
      history.operations.some(({ name, outcome }) => name === 'release' && outcome.kind === 'threw'),
    ),
  ],
});
