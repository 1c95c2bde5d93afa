import { fc, hold, scenario, sometimes } from 'heddle';
import { ours, type Pool } from './specimens/adapter.ts';
import {
  countedWorkersAreLive,
  ended,
  neverMoreThanMaximum,
  noKillToNobody,
  noTaskOutlivesItsBound,
  noOrphanPipe,
  nothingIsLeft,
  oneOutcome,
} from './specimens/invariants.ts';

const MAX = 200;

interface TaskPlan {
  readonly at: number;
  readonly work: number | null;
  readonly timeout: number | undefined;
  readonly killAt: number | null;
}

export default scenario<Pool, { tasks: TaskPlan[]; closeAt: number }>({
  name: 'pool/at-large',
  ids: ['W1', 'W4', 'W6', 'W7'],
  about: 'ours with everything that may happen to processes, kills, and a close in the middle of it',
  runs: 500,
  subjects: {
    ours: hold(
      ours({
        maxWorkers: 2,
        defaultTimeoutMs: MAX,
        maxTimeoutMs: MAX,
        save: 'after the start',
        faults: ['EAGAIN', 'EMFILE', 'ENOMEM', 'pid reuse', 'ignored SIGTERM', 'held pipes', 'read error'],
      }),
    ),
  },
  workload: fc.record({
    tasks: fc.array(
      fc.record({
        at: fc.nat(60),
        work: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 4 }),
        timeout: fc.option(fc.integer({ min: 1, max: MAX }), { nil: undefined }),
        killAt: fc.option(fc.nat(60)),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    closeAt: fc.constantFrom(20, 100, 1_000),
  }),
  body: async ({ sim, subject, workload: { tasks, closeAt } }) => {
    const running = sim.clients(tasks, async ({ at, work, timeout, killAt }, id) => {
      await sim.sleep(at);
      const script = work === null ? { exitCode: null } : { steps: [{ after: [0, work] as const, stdout: id }] };
      const run = sim.op('run', { id, timeout }, () =>
        subject.start({ id, script, ...(timeout !== undefined && { timeout }) }),
      );
      if (killAt !== null) {
        await sim.sleep(killAt);
        subject.kill(id);
      }
      await run;
    });
    await sim.sleep(closeAt);
    await sim.op('close', {}, () => subject.close());
    await running;
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    oneOutcome,
    countedWorkersAreLive,
    neverMoreThanMaximum,
    noKillToNobody,
    noTaskOutlivesItsBound(MAX),
    noOrphanPipe(1_500),
    nothingIsLeft,
    ended('completed'),
    ended('failed'),
    ended('killed'),
    ended('timed-out'),
    ended('not-started'),
    ended('not-registered'),
    sometimes('refused', ({ subject: { starts } }) => [...starts.values()].includes(0)),
  ],
});
