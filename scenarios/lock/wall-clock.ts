import { always, fail, fc, hold, judge, noDoubleGrant, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

const resource = 'r';
const HOUR = 3_600_000;

/** The wall clock of every run starts here. */
const START = Date.UTC(2025, 0, 1);
const stepped = sometimes<Locks>('clockStepped', (run) => Math.abs(Date.now() - START - run.now()) > HOUR / 2);

const workload = fc.array(
  fc.record({ arrive: fc.integer({ min: 0, max: 20 }), ms: fc.integer({ min: 10, max: 50 }) }),
  { minLength: 2, maxLength: 4 },
);

export default [
  scenario<Locks, { arrive: number; ms: number }[]>({
    name: 'lock/clock-forward',
    ids: ['B6'],
    restsOn: {
      'as-found': 'that the lock ends by the clock that is printed for the deadline',
      'as-documented': 'that the lock ends by the clock that is printed for the deadline',
    },
    about: 'the wall clock is set forward by an hour, and a lock that is held counts as free',
    subjects: { ours: hold(ours), 'as-found': fail('noDoubleGrant', asFound), 'as-documented': judge(asDocumented) },
    workload,
    body: async ({ sim, subject, workload }) => {
      const host = sim.process('host', { clockSteps: [HOUR] });
      const clients = workload.map(({ arrive, ms }, index) => {
        const name = `c${index + 1}`;
        const work = async (): Promise<void> => {
          await sim.io('arrive', { latency: arrive });
          const got = await sim.attempt('acquire', { resource, leaseMs: ms }, () =>
            subject.acquire(resource, name, ms),
          );
          if (!got.ok) return;
          await sim.io('critical section', { latency: [1, ms - 1] });
          await sim.attempt('release', { resource }, () => subject.release(resource, got.value));
        };
        return sim.client(name, work, { in: host });
      });
      await Promise.all(clients);
    },
    invariants: [stepped, noDoubleGrant()],
  }),
  scenario<Locks, number[]>({
    name: 'lock/clock-back',
    ids: ['B6'],
    restsOn: {
      'as-found': 'the timer; both looks at the wall clock are printed',
      'as-documented': 'the timer; both looks at the wall clock are printed',
    },
    about: 'the wall clock is set back by an hour, a deadline passes unnoticed, and the lock is granted after it',
    subjects: {
      ours: hold(ours),
      'as-found': fail('noGrantAfterTimeout', asFound),
      'as-documented': judge(asDocumented),
    },
    workload: fc.array(fc.integer({ min: 5, max: 15 }), { minLength: 1, maxLength: 3 }),
    body: async ({ sim, subject, workload }) => {
      const host = sim.process('host', { clockSteps: [-HOUR] });
      const work = async (ms: number, name: string, busy: number): Promise<void> => {
        const got = await sim.attempt('acquire', { resource, waitMs: ms }, () => subject.acquire(resource, name, ms));
        if (!got.ok) return;
        await sim.io('critical section', { latency: busy });
        await sim.op('release', { resource }, () => subject.release(resource, got.value));
      };
      const holder = sim.client('holder', () => work(60_000, 'holder', 20), { in: host });
      const waiters = workload.map((ms, index) => {
        const name = `c${index + 1}`;
        return sim.client(name, () => work(ms, name, 1), { in: host });
      });
      await Promise.all([holder, ...waiters]);
    },
    invariants: [
      stepped,
      always('noGrantAfterTimeout', ({ history }) => {
        const late = history.operations.find(
          ({ name, outcome, input, invokedAt, endedAt }) =>
            name === 'acquire' &&
            outcome.kind === 'returned' &&
            endedAt > invokedAt + (input as { waitMs: number }).waitMs,
        );
        if (late === undefined) return true;
        return `${late.task} asked for the lock at ${late.invokedAt} ms and was granted it at ${late.endedAt} ms, after its deadline`;
      }),
    ],
  }),
];
