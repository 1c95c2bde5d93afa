import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { everyJobIsDone, submittedOnce } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, number>({
  name: 'queue/two-schedulers',
  ids: ['C2'],
  about: 'two loops schedule jobs at once: both see a job that waits, and both submit it',
  subjects: { ours: hold(ours), 'as-found': fail('submittedOnce', asFound), 'as-documented': judge(asDocumented) },
  restsOn: { 'as-found': 'that jobs are submitted in the loop that marks them' },
  // Each run has two processes with some thirty SQL statements.
  runs: 200,
  workload: fc.integer({ min: 1, max: 3 }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({ submit: receiver.submit, schedulers: 2 });
    const ids = Array.from({ length: workload }, (_, i) => String(i + 1));
    await sim.clients(ids, (id) => sim.op('enqueue', { id }, () => queue.enqueue({ id })));
    await until(sim, () => receiver.effects.length === ids.length);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    submittedOnce(),
    everyJobIsDone(),
    sometimes('severalAtOnce', ({ history: { facts } }) => {
      const begun = facts.filter(({ kind }) => kind === 'submit').length;
      return begun - facts.filter(({ kind }) => kind === 'effect').length > 1;
    }),
  ],
});
