import { fail, fc, hold, scenario } from 'heddle';
import { asFound, ours, type Pool } from './specimens/adapter.ts';
import { ended, exitRacedWithTimeout, oneOutcome } from './specimens/invariants.ts';

export default scenario<Pool, { work: number; timeout: number }[]>({
  name: 'pool/one-outcome',
  ids: ['W1'],
  restsOn: { 'as-found': 'what surrounds the two printed lines: that both clean up and tell' },
  about:
    'a worker completes and times out at once: both clean up, and its task is told to have timed out and to have ended; ' +
    'on one event loop it takes no more than a process that dies of its time-out',
  subjects: { ours: hold(ours()), 'as-found': fail('oneOutcome', asFound()) },
  workload: fc.array(fc.record({ work: fc.integer({ min: 1, max: 20 }), timeout: fc.integer({ min: 1, max: 20 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ work, timeout }, id) => {
      const script = { exitAfter: [1, work] as const, dyingTakes: [0, 5] as const };
      await sim.op('run', { id, timeout }, () => subject.start({ id, script, timeout }));
    });
    await subject.drained(500);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [oneOutcome, exitRacedWithTimeout, ended('completed'), ended('timed-out')],
});
