import { fail, fc, hold, scenario, sometimes } from 'heddle';
import { asFound, ours, type Pool } from './specimens/adapter.ts';
import { noTaskOutlivesItsBound } from './specimens/invariants.ts';

const MAX = 1_000;

export default scenario<Pool, { work: number; timeout: number; dying: number }[]>({
  name: 'pool/retry-after-timeout',
  ids: ['W1', 'W6'],
  restsOn: { 'as-found': 'that the exit of a process goes by the name of its task' },
  about:
    'a task that timed out is started again, while its first process is dying; the exit of that one clears the timer of the ' +
    'second, which then runs for ever',
  subjects: { ours: hold(ours()), 'as-found': fail('noTaskOutlivesItsBound', asFound()) },
  workload: fc.array(
    fc.record({
      work: fc.integer({ min: 1, max: 40 }),
      timeout: fc.integer({ min: 1, max: 20 }),
      dying: fc.integer({ min: 0, max: 20 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ work, timeout, dying }, id) => {
      const attempt = async (exitAfter: number): Promise<boolean> => {
        const told = subject.next(id);
        const script = { exitAfter, dyingTakes: [0, dying] as const };
        await sim.op('run', { id, timeout }, () => subject.start({ id, timeout, script }));
        return (await told).status === 'timed-out';
      };
      if (await attempt(work)) await attempt(MAX);
    });
    await subject.drained(MAX);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    noTaskOutlivesItsBound(MAX),
    sometimes('startedAgain', ({ subject: { starts } }) => [...starts.values()].some((count) => count > 1)),
  ],
});
