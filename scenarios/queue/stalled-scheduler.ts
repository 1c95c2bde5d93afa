import { fc, hold, scenario, sometimes } from 'heddle';
import { ours, type QueueUnderTest } from './specimens/adapter.ts';
import { everyJobIsDone, noneWhilePaused, oneEffectEach } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, { jobs: number; after: number }>({
  name: 'queue/stalled-scheduler',
  ids: ['C2'],
  about: 'a scheduler stands still for longer than its lease, or its clock is set, and it goes on as if nothing was',
  subjects: { ours: hold(ours) },
  runs: 300,
  workload: fc.record({ jobs: fc.integer({ min: 1, max: 3 }), after: fc.integer({ min: 0, max: 60 }) }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({
      submit: receiver.submit,
      schedulers: 2,
      disturbances: { stalls: [1000], clockSteps: [3_600_000, -3_600_000] },
    });
    const ids = Array.from({ length: workload.jobs }, (_, i) => String(i + 1));
    for (const id of ids) await sim.op('enqueue', { id }, () => queue.enqueue(id));
    await sim.io('somebody decides', { latency: workload.after });
    await sim.op('pause', {}, () => queue.pause());
    await sim.sleep(1500);
    await sim.op('resume', {}, () => queue.resume());
    await until(sim, () => receiver.effects.length === ids.length, 10_000);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    noneWhilePaused(),
    everyJobIsDone(),
    oneEffectEach(),
    sometimes('waitedForALease', ({ history: { operations } }) =>
      operations.some(({ name, invokedAt, endedAt }) => name === 'pause' && endedAt - invokedAt > 300),
    ),
  ],
});
