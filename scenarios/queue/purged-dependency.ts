import { fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether } from './specimens/enqueue-together.ts';
import { everyJobIsDone } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, { purgeAfter: number }>({
  name: 'queue/purged-dependency',
  ids: ['C2'],
  about: 'a job that has completed is purged before the one that depends on it is submitted, which then waits for ever',
  // As found, the queue knows no dependencies: job 2 is always submitted before.
  subjects: { ours: hold(ours), 'as-documented': judge(asDocumented) },
  restsOn: { 'as-documented': 'that something takes jobs that have ended out of the queue' },
  runs: 200,
  workload: fc.record({ purgeAfter: fc.integer({ min: 0, max: 30 }) }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({ submit: receiver.submit });
    await enqueueTogether(sim, queue, [{ id: '1' }, { id: '2', dependsOn: ['1'] }]);
    await receiver.done('1');
    // Well after the answer to the submission, which would be written over the end: that is another scenario.
    await sim.io('job 1 runs', { latency: 20 });
    await sim.op('report', { id: '1' }, () => queue.report('1'));
    await sim.io('time for a clean-up', { latency: workload.purgeAfter });
    await sim.op('purge', {}, () => queue.purge());
    await until(sim, () => receiver.effects.length === 2);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    everyJobIsDone(),
    sometimes('purgedBeforeJob2IsSubmitted', ({ history: { facts, operations } }) => {
      const purged = operations.some(({ name, outcome }) => name === 'purge' && outcome.kind === 'returned');
      const submitted = facts.filter(({ kind }) => kind === 'submit').map(({ data }) => (data as { key: string }).key);
      return purged && !submitted.includes('2');
    }),
  ],
});
