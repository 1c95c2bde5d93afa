import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asFound, byPid, ours, type Pool } from './specimens/adapter.ts';
import { ended, exitRacedWithTimeout, noKillAfterCompletion } from './specimens/invariants.ts';

const options = { faults: ['pid reuse'] } as const;

export default [
  scenario<Pool, { at: number; work: number; timeout: number }[]>({
    name: 'pool/no-kill-after-completion',
    ids: ['W1'],
    about:
      'a time-out kills the process of a task that is complete; cannot happen by way of a ChildProcess, which knows when it ' +
      'was reaped, but happens by way of its pid, which another may have by then',
    subjects: {
      ours: hold(ours(options)),
      'as-found': judge(asFound(options)),
      // A mutant: kills by the pid, and again after a grace.
      'kills-by-pid': fail('noKillAfterCompletion', byPid(options)),
    },
    workload: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 60 }),
        work: fc.integer({ min: 1, max: 40 }),
        timeout: fc.integer({ min: 1, max: 40 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ at, work, timeout }, id) => {
        await sim.sleep(at);
        await sim.op('run', { id, timeout }, () => subject.start({ id, timeout, script: { exitAfter: [1, work] } }));
      });
      await subject.drained(200);
      await sim.sleep(100);
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      noKillAfterCompletion,
      exitRacedWithTimeout,
      ended('timed-out'),
      sometimes(
        'pidReused',
        ({ subject: { children } }) => new Set(children.all.map(({ pid }) => pid)).size < children.all.length,
      ),
    ],
  }),
  scenario<Pool, { work: number; timeout: number }[]>({
    name: 'pool/no-kill-in-all-schedules',
    ids: ['W1'],
    about: 'the reported kill of a completed task, in every order of a process that ends about when its time is over',
    subjects: { ours: hold(ours()), 'as-found': judge(asFound()) },
    every: [[{ work: 1, timeout: 1 }], [{ work: 1, timeout: 2 }], [{ work: 2, timeout: 1 }]],
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ work, timeout }, id) => {
        await sim.op('run', { id }, () => subject.start({ id, timeout, script: { exitAfter: work, dyingTakes: 0 } }));
      });
      await subject.drained(20);
    },
    invariants: [noKillAfterCompletion, exitRacedWithTimeout],
    runs: 5_000,
  }),
];
