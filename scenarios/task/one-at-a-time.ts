import { always, atRest, fail, fc, hold, judge, scenario, sometimes, type Invariant, type Sim } from 'heddle';
import { documentedLock, foundLock, ourLock, type TaskLock } from './specimens/adapter.ts';

const id = 't';

const neverOverlap = always<TaskLock>('neverOverlap', ({ history: { facts } }) => {
  let inside: string | undefined;
  for (const { kind, task } of facts) {
    if (kind === 'enters' && inside !== undefined) return `${task} began while ${inside} was at work on the same task`;
    inside = kind === 'enters' ? task : undefined;
  }
  return true;
});

const contended = sometimes<TaskLock>('contended', ({ history: { operations } }) => {
  return operations.filter(({ outcome }) => outcome.kind === 'pending').length > 2;
});

/** Nothing is kept for a task on which nobody works. */
const locksForgotten = atRest<TaskLock>('locksForgotten', ({ subject }) => {
  return subject.size === 0 || `${subject.size} lock is kept, and nobody is at work`;
});

/** Everybody is told how its own operation ended. */
const ownOutcome: Invariant<TaskLock> = {
  name: 'ownOutcome',
  watch: ({ history: { facts } }) => ({
    ended: ({ task, input, outcome }) => {
      const { ends } = input as { ends: Ends };
      if (!facts.some((fact) => fact.kind === 'enters' && fact.task === task)) {
        return `${task} was answered, and its operation was never begun`;
      }
      if (outcome.kind === 'returned') return ends === 'resolves' ? undefined : `${task} hears nothing of its error`;
      const { message } = (outcome as { error: Error }).error;
      return ends !== 'resolves' && message === task ? undefined : `${task} hears the error of ${message}`;
    },
  }),
};

type Ends = 'resolves' | 'rejects' | 'throws';

export default [
  scenario<TaskLock, { arrive: number; takes: number }[]>({
    name: 'task/no-overlap',
    ids: ['W2'],
    about: 'two callers wait for the same operation on a task, wake together, and both go on',
    subjects: {
      ours: hold(ourLock),
      'as-found': fail('neverOverlap', foundLock),
      'as-documented': judge(documentedLock),
    },
    workload: fc.array(fc.record({ arrive: fc.integer({ min: 0, max: 9 }), takes: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 2,
      maxLength: 5,
    }),
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ arrive, takes }) => {
        await sim.io('arrive', { latency: arrive });
        await sim.op('modify', { id }, () =>
          subject.exclusively(id, async () => {
            sim.tell('enters', {});
            await sim.io('save', { latency: [1, takes] });
            sim.tell('leaves', {});
          }),
        );
      });
    },
    invariants: [neverOverlap, locksForgotten, contended],
  }),
  scenario<TaskLock, { arrive: number; ends: Ends }[]>({
    name: 'task/failing-operation',
    ids: ['W2'],
    about: 'operations on a task fail, early or late: the process dies of an error that its caller has handled',
    subjects: {
      ours: hold(ourLock),
      'as-found': judge(foundLock),
      'as-documented': judge(documentedLock),
    },
    workload: fc.array(
      fc.record({
        arrive: fc.integer({ min: 0, max: 9 }),
        ends: fc.constantFrom<Ends>('resolves', 'rejects', 'throws'),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ arrive, ends }, name) => {
        await sim.io('arrive', { latency: arrive });
        await modify(sim, subject, name, ends);
      });
    },
    invariants: [ownOutcome, locksForgotten, contended],
    runs: 500,
  }),
  scenario<TaskLock, number[]>({
    name: 'task/waiters-of-failing',
    ids: ['W2'],
    about: 'an operation fails while others wait for the task: they fail with its error, and never begin',
    subjects: {
      ours: hold(ourLock),
      'as-found': judge(foundLock),
      'as-documented': judge(documentedLock),
    },
    // Late enough to come when the first has begun, and early enough for it to be under way.
    workload: fc.array(fc.integer({ min: 11, max: 20 }), { minLength: 1, maxLength: 4 }),
    body: async ({ sim, subject, workload }) => {
      const first = sim.client('first', () => modify(sim, subject, 'first', 'rejects'));
      const others = sim.clients(workload, async (arrive, name) => {
        await sim.io('arrive', { latency: arrive });
        await modify(sim, subject, name, 'resolves');
      });
      await Promise.all([first, others]);
    },
    invariants: [ownOutcome, locksForgotten, contended],
    runs: 500,
  }),
];

async function modify(sim: Sim, subject: TaskLock, name: string, ends: Ends): Promise<void> {
  await sim.attempt('modify', { id, ends }, () =>
    subject.exclusively(id, () => {
      sim.tell('enters', {});
      // An operation that is no async function throws before there is a promise.
      if (ends === 'throws') throw new Error(name);
      return sim.io('save', { latency: [40, 50] }).then(() => {
        if (ends === 'rejects') throw new Error(name);
      });
    }),
  );
}
