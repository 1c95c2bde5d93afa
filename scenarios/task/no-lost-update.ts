import { afterBody, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Tasks } from './specimens/adapter.ts';
import { stored } from './specimens/invariants.ts';

const id = 't';

export default scenario<Tasks, number[]>({
  name: 'task/no-lost-update',
  ids: ['W2'],
  about: 'several clients add a note to the same task: one that was acknowledged is overwritten by another',
  restsOn: {
    'as-found': 'that a task which is not in memory is read from the database',
    'as-documented': 'the method that updates a task; the lock is printed',
  },
  subjects: {
    ours: hold(ours()),
    // Rests on a completed line: that a task which is not in memory is read from the database. In memory, which comes
    // first, reading and writing are one step.
    'as-found': fail('noLostUpdate', asFound()),
    // Rests on printed lines: the lock lets two in, and the cache, from which they read, comes last.
    'as-documented': judge(asDocumented()),
  },
  workload: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 5 }),
  body: async ({ sim, subject, workload }) => {
    stored(subject, { id, status: 'queued' });
    await sim.clients(workload, async (arrive, name) => {
      await sim.io('arrive', { latency: arrive });
      await sim.op('note', { id }, () => subject.note(id, name));
    });
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    afterBody('noLostUpdate', ({ subject, history: { operations } }) => {
      const { progress } = subject.rows.find(id)!;
      const words = progress.split(' ');
      const lost = operations.filter(({ task }) => !words.includes(task)).map(({ task }) => task);
      return lost.length === 0 || `the notes of ${lost.join(', ')} are lost: the task has${progress}`;
    }),
    sometimes('threeAtOnce', ({ history: { operations } }) => {
      return operations.filter(({ outcome }) => outcome.kind === 'pending').length >= 3;
    }),
  ],
});
