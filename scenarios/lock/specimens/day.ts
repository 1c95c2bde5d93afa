import { always, fc, hold, scenario, sometimes } from 'heddle';
import { LockManager } from 'heddle/systems';

const CLIENTS = 10;
const SECONDS = 86_400;

interface Subject {
  readonly locks: LockManager;
  /** How many are in their critical section. */
  inside: number;
}

/**
 * One virtual day of ten clients, each of which takes the lock once a second, all in the same millisecond. Not for a
 * hunt, whose runs are short and many: this one run says how fast a run is. Its operations are not recorded, because
 * no invariant needs 1.7 million of them.
 */
export const day = scenario<Subject, null>({
  name: 'lock/day',
  ids: ['B6'],
  about: 'something small that adds up, second after second',
  subjects: { ours: hold(() => ({ locks: new LockManager(), inside: 0 })) },
  workload: fc.constant(null),
  runs: 1,
  maxTurns: 2 * CLIENTS * SECONDS + 100,
  body: async ({ sim, subject }) => {
    const { locks } = subject;
    const options = { waitMs: 500, leaseMs: 1000 };
    await sim.clients(Array.from({ length: CLIENTS }), async (_, name) => {
      for (let second = 1; second <= SECONDS; second += 1) {
        await sim.sleep(second * 1000 - sim.now);
        const grant = await locks.acquire('r', name, options);
        subject.inside += 1;
        await sim.io('critical section', { latency: [1, 5] });
        subject.inside -= 1;
        locks.release(grant);
      }
    });
  },
  shutdown: ({ subject }) => {
    subject.locks.close();
  },
  invariants: [
    always('oneInside', ({ subject }) => subject.inside <= 1),
    sometimes('contended', ({ subject }) => subject.locks.inspect('r').waiting > 0),
  ],
});
