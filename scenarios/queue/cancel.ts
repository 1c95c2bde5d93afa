import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether, plainJobs } from './specimens/enqueue-together.ts';
import { noneAfterCancel } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, { jobs: number; after: number }>({
  name: 'queue/cancel',
  ids: ['C2'],
  about:
    'a job is taken out of the queue while a pass of the scheduler has it on its list, and is submitted all the same',
  subjects: { ours: hold(ours), 'as-found': fail('noneAfterCancel', asFound), 'as-documented': judge(asDocumented) },
  restsOn: {
    'as-found': 'that jobs are submitted in the loop that marks them, and that dequeue takes out a job that is pending',
    'as-documented': 'that dequeue takes out a job that is pending',
  },
  runs: 200,
  workload: fc.record({ jobs: fc.integer({ min: 2, max: 4 }), after: fc.integer({ min: 0, max: 30 }) }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim, { faults: ['lost reply'] });
    const queue = await subject.open({ submit: receiver.submit });
    const jobs = plainJobs(workload.jobs);
    await enqueueTogether(sim, queue, jobs);
    await sim.io('somebody decides', { latency: workload.after });
    const id = String(workload.jobs);
    await sim.op('cancel', { id }, () => queue.cancel(id));
    await until(sim, () => jobs.every((job) => job.id === id || receiver.effects.includes(job.id)));
    await sim.io('a little later', { latency: 150 });
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    noneAfterCancel(),
    sometimes('cancelled', ({ history: { operations } }) =>
      operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === true),
    ),
    sometimes('tooLate', ({ history: { operations } }) =>
      operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === false),
    ),
  ],
});
