import { fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { statusMovesForward } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, number>({
  name: 'queue/status-forward',
  ids: ['C2'],
  about: 'a job ends before the answer to its submission is back, which then is written over its end',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  restsOn: { 'as-documented': 'that an end is reported by updateStatus, at any time' },
  runs: 200,
  workload: fc.integer({ min: 1, max: 2 }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({ submit: receiver.submit });
    const ids = Array.from({ length: workload }, (_, i) => String(i + 1));
    await sim.clients(ids, async (id) => {
      await sim.op('enqueue', { id }, () => queue.enqueue({ id }));
      await receiver.done(id);
      await sim.op('report', { id }, () => queue.report(id));
      await sim.op('status', { id }, () => queue.status(id));
      await sim.io('a little later', { latency: [5, 15] });
      await sim.op('status', { id }, () => queue.status(id));
    });
    await until(sim, () => receiver.effects.length === ids.length);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    statusMovesForward(),
    sometimes('ended', ({ history: { operations } }) =>
      operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === 'completed'),
    ),
  ],
});
