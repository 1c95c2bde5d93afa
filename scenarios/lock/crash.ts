import { eventually, fail, fc, hold, judge, scenario, sometimes, type Sim } from 'heddle';
import { firstComeFirstServed } from './specimens/invariants.ts';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

const resource = 'r';

/** Somebody far away who asks for 25 ms and is done after 10, unless it crashes with the lock in its hands. */
async function holder(sim: Sim, subject: Locks): Promise<void> {
  const locks = sim.device('locks', subject, { latency: [1, 5] });
  const work = async (): Promise<void> => {
    const held = await sim.op('acquire', { resource, leaseMs: 25 }, () => locks.acquire(resource, 'far', 25));
    await sim.io('critical section', { latency: [5, 10] });
    await sim.attempt('release', { resource }, () => locks.release(resource, held));
  };
  const far = sim.process('far', { crashes: 1 });
  await Promise.all([sim.client('far', work, { in: far }), sim.io('the test goes on', { latency: 80 })]);
}

/** Somebody near who would wait for a minute, and who is soon done. */
async function waiter(sim: Sim, subject: Locks, name: string, arrive: number): Promise<void> {
  await sim.io('arrive', { latency: arrive });
  const got = await sim.attempt('acquire', { resource }, () => subject.acquire(resource, name, 60_000));
  if (!got.ok) return;
  await sim.io('critical section', { latency: [1, 5] });
  await sim.op('release', { resource }, () => subject.release(resource, got.value));
}

const waitedForTheDead = sometimes<Locks>('waitedForTheDead', ({ history: { operations }, subject }) => {
  const crashed = operations.some(({ abandoned }) => abandoned) || operations.every(({ task }) => task !== 'far');
  const waiting = operations.some(({ task, outcome }) => task !== 'far' && outcome.kind === 'pending');
  return crashed && waiting && subject.holder(resource) === 'far';
});

export default [
  scenario<Locks, number[]>({
    name: 'lock/lost-wakeup',
    ids: ['B6'],
    restsOn: {
      'as-found': 'that nothing but a new acquire looks at a lock whose time is over',
      'as-documented': 'that nothing but a new acquire looks at a lock whose time is over',
    },
    about: 'the lease of a crashed holder ends, and nobody tells those who wait',
    subjects: { ours: hold(ours), 'as-found': fail('noLostWakeup', asFound), 'as-documented': judge(asDocumented) },
    workload: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
    body: async ({ sim, subject, workload }) => {
      const away = holder(sim, subject);
      void sim.clients(workload, (arrive, name) => waiter(sim, subject, name, arrive));
      await away;
    },
    invariants: [
      waitedForTheDead,
      eventually('noLostWakeup', 1000, ({ history: { operations } }) =>
        operations.every(({ outcome, abandoned }) => outcome.kind !== 'pending' || abandoned),
      ),
    ],
  }),
  scenario<Locks, number[]>({
    name: 'lock/overtaking',
    ids: ['B6'],
    restsOn: {
      'as-found': 'that nothing but a new acquire looks at a lock whose time is over, and takes it',
      'as-documented': 'that nothing but a new acquire looks at a lock whose time is over, and takes it',
    },
    about: 'a newcomer finds that the lease of a crashed holder has ended, and passes those who wait',
    subjects: {
      ours: hold(ours),
      'as-found': fail('firstComeFirstServed', asFound),
      'as-documented': judge(asDocumented),
    },
    workload: fc.array(fc.constantFrom(5, 15, 40), { minLength: 1, maxLength: 3 }),
    body: async ({ sim, subject, workload }) => {
      const away = holder(sim, subject);
      void sim.clients(workload, (arrive, name) => waiter(sim, subject, name, arrive));
      await away;
    },
    invariants: [waitedForTheDead, firstComeFirstServed()],
  }),
];
