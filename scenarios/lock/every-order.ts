import { always, hold, noDoubleGrant, scenario, sometimes } from 'heddle';
import { LockError, LockManager } from 'heddle/systems';

interface Client {
  readonly waitMs: number;
  readonly leaseMs: number;
  /** How long it takes under the lock, in ms; longer than its lease is too long. */
  readonly busy: number;
}

/** Alarms ring up to a millisecond late, and once more for one that rang early. */
const LAG = 3;

export default scenario<LockManager, readonly Client[]>({
  name: 'lock/manager-in-every-order',
  ids: ['B6'],
  about:
    'Two clients want one lock: who waits, who gives up, whose lease ends in the middle of its work, in every order ' +
    'of completions and timers, with timers that are late and early.',
  subjects: { ours: hold(() => new LockManager()) },
  every: [
    [
      { waitMs: 20, leaseMs: 10, busy: 5 },
      { waitMs: 20, leaseMs: 10, busy: 5 },
    ],
    [
      { waitMs: 20, leaseMs: 4, busy: 6 },
      { waitMs: 20, leaseMs: 10, busy: 0 },
    ],
    [
      { waitMs: 4, leaseMs: 10, busy: 4 },
      { waitMs: 4, leaseMs: 10, busy: 4 },
    ],
    [
      { waitMs: 3, leaseMs: 10, busy: 6 },
      { waitMs: 0, leaseMs: 3, busy: 3 },
    ],
  ],
  body: ({ sim, subject, workload }) =>
    sim.clients(workload, async ({ waitMs, leaseMs, busy }, name) => {
      const got = await sim.attempt('acquire', { waitMs }, () => subject.acquire('a', name, { waitMs, leaseMs }));
      if (!got.ok) return;
      await sim.op('lease', { resource: 'a', leaseMs }, () => got.value.token);
      await sim.io('critical section', { latency: busy });
      await sim.op('release', { resource: 'a' }, () => subject.release(got.value));
    }),
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    noDoubleGrant({ acquire: 'lease' }),
    always('deadlineKept', (run) =>
      run.history.operations.every(
        ({ name, input, invokedAt, endedAt }) =>
          name !== 'acquire' || Math.min(endedAt, run.now()) <= invokedAt + (input as Client).waitMs + LAG,
      ),
    ),
    always<LockManager>('noLostWakeup', ({ subject }) => {
      const { holder, waiting } = subject.inspect('a');
      return waiting === 0 || (holder !== undefined && performance.now() <= holder.expiresAt + LAG);
    }),
    sometimes('waited', ({ history: { operations } }) =>
      operations.some(
        ({ name, outcome, invokedTurn, endedTurn }) =>
          name === 'acquire' && outcome.kind === 'returned' && endedTurn > invokedTurn,
      ),
    ),
    sometimes('gaveUp', ({ history: { operations } }) =>
      operations.some(
        ({ name, outcome }) => name === 'acquire' && outcome.kind === 'threw' && outcome.error instanceof LockError,
      ),
    ),
  ],
});
