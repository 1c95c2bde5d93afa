import { fail, fc, hold, scenario, sometimes } from 'heddle';
import { asFound, ours, type Pool } from './specimens/adapter.ts';
import { neverMoreThanMaximum } from './specimens/invariants.ts';

const options = { maxWorkers: 2, save: 'before the start' } as const;

export default scenario<Pool, number[]>({
  name: 'pool/burst',
  ids: ['W4'],
  restsOn: { 'as-found': 'where the check stands; the save between it and the spawn is printed for this function' },
  about: 'all of a burst are admitted before the first is counted: the task is saved between the check and the spawn',
  subjects: { ours: hold(ours(options)), 'as-found': fail('neverMoreThanMaximum', asFound(options)) },
  workload: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 3, maxLength: 6 }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async (work, id) => {
      await sim.op('run', { id }, () => subject.start({ id, script: { exitAfter: work } }));
    });
    await subject.drained(500);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    neverMoreThanMaximum,
    sometimes('full', ({ subject }) => subject.children.running.length === subject.maxWorkers),
  ],
});
