import { fail, fc, hold, judge, scenario, sometimes, type Body } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether } from './specimens/enqueue-together.ts';
import { afterItsDependencies, everyJobIsDone } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

/** Job 2 needs job 1, and job 3 both of them, or only one, or none. */
interface Needs {
  readonly needs: readonly string[];
}

async function run(
  { sim, subject, workload }: Body<QueueUnderTest, Needs>,
  { word, enqueueFirst }: { readonly word?: string; readonly enqueueFirst: boolean },
): Promise<void> {
  const receiver = new Receiver(sim);
  const queue = await subject.open({ submit: receiver.submit, paused: enqueueFirst });
  const jobs = [{ id: '1' }, { id: '2', dependsOn: ['1'] }, { id: '3', dependsOn: workload.needs }];
  await enqueueTogether(sim, queue, jobs);
  if (enqueueFirst) await queue.resume();
  void sim.clients(jobs, async ({ id }) => {
    await receiver.done(id);
    await sim.op('report', { id }, () => queue.report(id, word));
  });
  await until(sim, () => receiver.effects.length === jobs.length, 1000);
}

const workload = fc.record({ needs: fc.subarray(['1', '2']) });
const dependantDone = sometimes<QueueUnderTest>('dependantDone', ({ history: { facts } }) =>
  facts.some(({ kind, data }) => kind === 'effect' && (data as { key: string }).key === '2'),
);

export default [
  scenario<QueueUnderTest, Needs>({
    name: 'queue/dependencies',
    ids: ['C2'],
    about: 'a job is submitted before what it depends on has completed',
    subjects: {
      ours: hold(ours),
      'as-found': fail('afterItsDependencies', asFound),
      'as-documented': judge(asDocumented),
    },
    restsOn: { 'as-found': 'that jobs are submitted in the loop that marks them' },
    runs: 200,
    workload,
    body: (run_) => run(run_, { enqueueFirst: false }),
    invariants: [afterItsDependencies(), dependantDone],
  }),
  scenario<QueueUnderTest, Needs>({
    name: 'queue/dependants-are-done',
    ids: ['C2'],
    about:
      'a job ends before the answer to its submission is back: its end is forgotten, and who depends on it starves',
    subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
    restsOn: { 'as-documented': 'that an end is reported by updateStatus, at any time' },
    runs: 100,
    workload,
    body: (run_) => run(run_, { enqueueFirst: true }),
    invariants: [everyJobIsDone(), dependantDone],
  }),
  scenario<QueueUnderTest, Needs>({
    name: 'queue/spelling-of-completed',
    ids: ['C2'],
    about: 'statuses are written in lower case, and dependencies look for COMPLETED: who depends on a job starves',
    subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
    restsOn: { 'as-documented': 'that an end is reported in the spelling of the other statuses' },
    // Ours has one spelling, and for it this is the scenario before.
    runs: 50,
    workload,
    body: (run_) => run(run_, { enqueueFirst: true, word: 'completed' }),
    invariants: [everyJobIsDone(), dependantDone],
  }),
];
