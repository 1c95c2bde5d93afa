import { fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { everyJobIsDone, submittedOnce } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, number[]>({
  name: 'queue/enqueue-while-scheduling',
  ids: ['C2'],
  about: 'jobs are enqueued while others are being scheduled; the reported loss cannot happen on one event loop',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  runs: 200,
  workload: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({ submit: receiver.submit });
    await sim.clients(workload, async (arrive, _name, i) => {
      await sim.io('arrive', { latency: arrive });
      await sim.op('enqueue', { id: String(i + 1) }, () => queue.enqueue({ id: String(i + 1) }));
    });
    await until(sim, () => receiver.effects.length === workload.length);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    everyJobIsDone(),
    submittedOnce(),
    sometimes('enqueuedMeanwhile', ({ history: { facts, operations } }) => {
      const begun = facts.filter(({ kind }) => kind === 'submit').length;
      const done = facts.filter(({ kind }) => kind === 'effect').length;
      return begun > done && operations.some(({ outcome }) => outcome.kind === 'returned') && begun < operations.length;
    }),
  ],
});
