import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether, plainJobs } from './specimens/enqueue-together.ts';
import { everyJobIsDone, oneEffectEach } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, number>({
  name: 'queue/lost-answer',
  ids: ['C2'],
  about: 'a submission fails on its way there, or on its way back when the receiver has accepted the job',
  subjects: { ours: hold(ours), 'as-found': fail('everyJobIsDone', asFound), 'as-documented': judge(asDocumented) },
  restsOn: { 'as-found': 'that jobs are submitted in the loop that marks them' },
  runs: 200,
  workload: fc.integer({ min: 1, max: 3 }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim, { faults: ['lost request', 'lost reply'] });
    const queue = await subject.open({ submit: receiver.submit });
    await enqueueTogether(sim, queue, plainJobs(workload));
    await until(sim, () => receiver.effects.length === workload, 4000);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    everyJobIsDone(),
    oneEffectEach(),
    sometimes('submittedAgain', ({ history: { facts } }) => {
      const keys = facts.filter(({ kind }) => kind === 'submit').map(({ data }) => (data as { key: string }).key);
      return new Set(keys).size < keys.length;
    }),
  ],
});
