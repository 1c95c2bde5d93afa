import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asFound, ours, type Pool } from './specimens/adapter.ts';
import { countedWorkersAreLive, ended, neverMoreThanMaximum } from './specimens/invariants.ts';

const tasks = (timeouts: boolean): fc.Arbitrary<{ work: number; timeout: number | undefined }[]> =>
  fc.array(
    fc.record({
      work: fc.integer({ min: 1, max: 20 }),
      timeout: timeouts ? fc.integer({ min: 1, max: 20 }) : fc.constant(undefined),
    }),
    { minLength: 1, maxLength: 5 },
  );

async function run({
  sim,
  subject,
  workload,
}: Parameters<
  Parameters<typeof scenario<Pool, { work: number; timeout: number | undefined }[]>>[0]['body']
>[0]): Promise<void> {
  await sim.clients(workload, async ({ work, timeout }, id) => {
    await sim.io('arrives', { latency: [0, 20] });
    const script = { exitAfter: [1, work] as const, dyingTakes: [0, 5] as const };
    const task = timeout === undefined ? { id, script } : { id, script, timeout };
    await sim.op('run', { id, timeout }, () => subject.start(task));
  });
  await subject.drained(500);
}

const full = sometimes<Pool>('full', ({ subject }) => subject.children.running.length === subject.maxWorkers);

export default [
  scenario<Pool, { work: number; timeout: number | undefined }[]>({
    name: 'pool/live-workers',
    ids: ['W1', 'W4'],
    restsOn: { 'as-found': 'what surrounds the two printed lines: that both clean up' },
    about: 'a worker that timed out is uncounted twice: at its time-out, while it lives, and at its exit',
    subjects: {
      ours: hold(ours({ maxWorkers: 3 })),
      'as-found': fail('countedWorkersAreLive', asFound({ maxWorkers: 3 })),
    },
    workload: tasks(true),
    body: run,
    shutdown: ({ subject }) => subject.close(),
    invariants: [countedWorkersAreLive, ended('timed-out'), full],
  }),
  scenario<Pool, { work: number; timeout: number | undefined }[]>({
    name: 'pool/count-is-kept',
    ids: ['W4'],
    // Rests on `workerCount++`, which is printed, and on completed lines around it.
    about:
      'the reported race: two workers increment the count at once, and one increment is lost; cannot happen on one event ' +
      'loop, where ++ is one step',
    subjects: { ours: hold(ours({ maxWorkers: 3 })), 'as-found': judge(asFound({ maxWorkers: 3 })) },
    workload: tasks(false),
    body: run,
    shutdown: ({ subject }) => subject.close(),
    invariants: [countedWorkersAreLive, neverMoreThanMaximum, full],
  }),
];
