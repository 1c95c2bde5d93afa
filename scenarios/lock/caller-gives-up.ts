import { afterBody, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

export default scenario<Locks, { busy: number; patience: number[] }>({
  name: 'lock/caller-gives-up',
  ids: ['B6'],
  // Rests on no completed line: a waiter as printed has nothing by which its caller could withdraw it.
  about: 'a caller stops waiting before the lock does, is granted it nevertheless, and nobody gives it back',
  subjects: { ours: hold(ours), 'as-found': fail('noOrphanedLock', asFound), 'as-documented': judge(asDocumented) },
  workload: fc.record({
    busy: fc.integer({ min: 10, max: 20 }),
    patience: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
  }),
  body: async ({ sim, subject, workload: { busy, patience } }) => {
    const resource = 'r';
    const first = await sim.op('acquire', { resource }, () => subject.acquire(resource, 'main', 60_000));
    const waiters = sim.clients(patience, async (ms, name) => {
      const impatience = new AbortController();
      const gaveUp = sim.sleep(ms).then(() => {
        impatience.abort();
        return null;
      });
      const got = await sim.attempt('acquire', { resource, patience: ms }, () =>
        Promise.race([subject.acquire(resource, name, 60_000, impatience.signal), gaveUp]),
      );
      if (!got.ok || got.value === null) return;
      const held = got.value;
      await sim.op('release', { resource }, () => subject.release(resource, held));
    });
    await sim.io('critical section', { latency: busy });
    await sim.op('release', { resource }, () => subject.release(resource, first));
    await waiters;
  },
  invariants: [
    {
      ...afterBody<Locks>('noOrphanedLock', ({ subject }) => {
        const holder = subject.holder('r');
        return holder === undefined || `r belongs to ${holder}, who does not want it any more`;
      }),
      kind: 'leak',
    },
    sometimes('gaveUp', ({ history }) =>
      history.operations.some(
        ({ outcome }) => outcome.kind === 'threw' || (outcome.kind === 'returned' && outcome.value === null),
      ),
    ),
  ],
});
