import { fail, fc, hold, scenario, sometimes } from 'heddle';
import { asFound, ours, type Pool } from './specimens/adapter.ts';
import { ended } from './specimens/invariants.ts';

export default scenario<Pool, { id: 'a' | 'b'; work: number }[]>({
  name: 'pool/no-leaked-timers',
  ids: ['W1'],
  restsOn: { 'as-found': 'that nobody refuses a task that runs already' },
  about: 'a task that is started twice overwrites its timer, and nobody can clear the first one',
  subjects: { ours: hold(ours({ maxTimeoutMs: 60_000 })), 'as-found': fail('noLeakedTimers', asFound()) },
  workload: fc.array(fc.record({ id: fc.constantFrom('a', 'b'), work: fc.integer({ min: 1, max: 20 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ id, work }) => {
      await sim.io('arrives', { latency: [0, 20] });
      await sim.op('run', { id }, () => subject.start({ id, timeout: 30_000, script: { exitAfter: [1, work] } }));
    });
    await subject.drained(500);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    ended('completed'),
    sometimes('askedTwice', ({ history: { operations } }) =>
      operations.some(({ input, outcome, index }) =>
        operations.some(
          (other) =>
            other.index > index &&
            outcome.kind !== 'pending' &&
            (other.input as { id: string }).id === (input as { id: string }).id,
        ),
      ),
    ),
  ],
});
