import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether, plainJobs } from './specimens/enqueue-together.ts';
import { everyJobIsDone, noneWhilePaused } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, { jobs: number; after: number }>({
  name: 'queue/pause',
  ids: ['C2'],
  about: 'the queue is paused while a pass of the scheduler is under way, which goes on to submit',
  subjects: { ours: hold(ours), 'as-found': fail('noneWhilePaused', asFound), 'as-documented': judge(asDocumented) },
  restsOn: {
    'as-found': 'that jobs are submitted in the loop that marks them, and that the worker looks between its passes',
    'as-documented': 'that the worker looks between its passes; none is printed in schedule_jobs',
  },
  runs: 200,
  workload: fc.record({ jobs: fc.integer({ min: 2, max: 3 }), after: fc.integer({ min: 0, max: 30 }) }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({ submit: receiver.submit });
    await enqueueTogether(sim, queue, plainJobs(workload.jobs));
    await sim.io('somebody decides', { latency: workload.after });
    await sim.op('pause', {}, () => queue.pause());
    await sim.io('maintenance', { latency: 50 });
    await sim.op('resume', {}, () => queue.resume());
    await until(sim, () => receiver.effects.length === workload.jobs);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    noneWhilePaused(),
    everyJobIsDone(),
    sometimes('pausedInTheMiddle', ({ history: { facts, operations } }) => {
      const jobs = operations.filter(({ name }) => name === 'enqueue').length;
      const paused = operations.some(({ name, outcome }) => name === 'pause' && outcome.kind === 'pending');
      return paused && facts.some(({ kind }) => kind === 'submit') && facts.length < 2 * jobs;
    }),
  ],
});
