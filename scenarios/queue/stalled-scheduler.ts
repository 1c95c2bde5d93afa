import { fc, hold, scenario, sometimes } from 'heddle';
import { ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether, plainJobs } from './specimens/enqueue-together.ts';
import { everyJobIsDone, noneAfterCancel, noneWhilePaused, oneEffectEach } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default scenario<QueueUnderTest, { jobs: number; after: number; what: 'pause' | 'cancel' }>({
  name: 'queue/stalled-scheduler',
  ids: ['C2'],
  about: 'a scheduler far from the database stands still for a while, or for longer than its lease, and then goes on',
  subjects: { ours: hold(ours) },
  runs: 300,
  workload: fc.record({
    jobs: fc.integer({ min: 1, max: 3 }),
    after: fc.integer({ min: 0, max: 200 }),
    what: fc.constantFrom('pause', 'cancel'),
  }),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({
      submit: receiver.submit,
      schedulers: 2,
      disturbances: { stalls: [100, 1000], clockSteps: [3_600_000, -3_600_000] },
    });
    const jobs = plainJobs(workload.jobs);
    await enqueueTogether(sim, queue, jobs);
    await sim.io('somebody decides', { latency: workload.after });
    if (workload.what === 'pause') {
      await sim.op('pause', {}, () => queue.pause());
      await sim.sleep(1500);
      await sim.op('resume', {}, () => queue.resume());
    } else {
      await sim.op('cancel', { id: '1' }, () => queue.cancel('1'));
      await sim.sleep(1500);
    }
    const cancelled = (await queue.status('1')) === 'cancelled' ? '1' : '';
    await until(sim, () => jobs.every(({ id }) => id === cancelled || receiver.effects.includes(id)), 10_000);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    noneWhilePaused(),
    noneAfterCancel(),
    everyJobIsDone(),
    oneEffectEach(),
    sometimes('waitedForALease', ({ history: { operations } }) =>
      operations.some(({ name, invokedAt, endedAt }) => name !== 'enqueue' && endedAt - invokedAt > 300),
    ),
  ],
});
