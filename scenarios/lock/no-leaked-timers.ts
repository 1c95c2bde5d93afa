import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

export default scenario<Locks, number[]>({
  name: 'lock/no-leaked-timers',
  ids: ['B6'],
  restsOn: {
    'as-found': 'the timer; but the printed waiter has no field in which one could be kept',
    'as-documented': 'the timer; but the printed waiter has no field in which one could be kept',
  },
  about: 'the timer that limits the waiting outlives the wait: half a minute for every contended acquire',
  subjects: { ours: hold(ours), 'as-found': fail('noLeakedTimers', asFound), 'as-documented': judge(asDocumented) },
  workload: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    const resource = 'r';
    await sim.clients(workload, async (busy, name) => {
      const held = await sim.op('acquire', { resource }, () => subject.acquire(resource, name, 30_000));
      await sim.io('critical section', { latency: [1, busy] });
      await sim.op('release', { resource }, () => subject.release(resource, held));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    sometimes('contended', ({ history }) =>
      history.operations.some(({ name, invokedAt, endedAt }) => name === 'acquire' && endedAt > invokedAt),
    ),
  ],
});
