import { fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { everyJobIsDone } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, { purgeAfter: number }>({
  name: 'queue/purged-dependency',
  ids: ['C2'],
  about: 'a job that has completed is purged before the one that depends on it is submitted, which then waits for ever',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  restsOn: { 'as-documented': 'that something takes jobs that have ended out of the queue' },
  runs: 200,
  workload: fc.record({ purgeAfter: fc.integer({ min: 0, max: 30 }) }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({ submit: receiver.submit });
    await sim.op('enqueue', { id: '1' }, () => queue.enqueue('1'));
    const dependsOn = ['1'];
    await sim.op('enqueue', { id: '2', dependsOn }, () => queue.enqueue('2', { dependsOn }));
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
    sometimes('purged', ({ history: { operations } }) =>
      operations.some(({ name, outcome }) => name === 'purge' && outcome.kind === 'returned'),
    ),
  ],
});
