import { always, fc, hold, judge, noDoubleGrant, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

export default scenario<Locks, { busy: number; waits: number[] }>({
  name: 'lock/timeout-race',
  ids: ['B6'],
  // Rests on no completed line: the marking and the removal are printed as one synchronous step.
  about:
    'a release and a time-out at the same moment grant the lock to a waiter that has been sent away: cannot happen on one event loop, with the fix or without it, and its flag is never met',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  workload: fc.record({
    busy: fc.integer({ min: 10, max: 20 }),
    waits: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
  }),
  body: async ({ sim, subject, workload: { busy, waits } }) => {
    const resource = 'r';
    const first = await sim.op('acquire', { resource }, () => subject.acquire(resource, 'main', 60_000));
    const waiters = sim.clients(waits, async (ms, name) => {
      const got = await sim.attempt('acquire', { resource, waitMs: ms }, () => subject.acquire(resource, name, ms));
      if (got.ok) await sim.op('release', { resource }, () => subject.release(resource, got.value));
    });
    await sim.io('critical section', { latency: [1, busy] });
    await sim.op('release', { resource }, () => subject.release(resource, first));
    await waiters;
  },
  invariants: [
    noDoubleGrant(),
    always('noGrantAfterTimeout', ({ subject, history }) =>
      history.operations.every(({ outcome, task }) => outcome.kind !== 'threw' || subject.holder('r') !== task),
    ),
    always('cancelledIsNeverMet', ({ subject }) => subject.flagSeen === 0),
    sometimes('releaseAtTheTimeout', ({ history: { operations } }) =>
      operations.some(
        (wait) =>
          wait.outcome.kind === 'threw' &&
          operations.some(({ name, endedAt }) => name === 'release' && endedAt === wait.endedAt),
      ),
    ),
    sometimes('grantedAfterWaiting', ({ history }) =>
      history.operations.some(
        ({ outcome, task, invokedAt, endedAt }) =>
          outcome.kind === 'returned' && task !== 'main' && endedAt > invokedAt,
      ),
    ),
  ],
});
