import { afterBody, fc, hold, scenario, sometimes } from 'heddle';
import { BreakerError } from 'heddle/systems';
import { ours, type SharedBreakers } from './specimens/shared-breakers.ts';

const options = { failureThreshold: 10, openMs: 1_000, latency: [0, 10] as const };

export default scenario<SharedBreakers, null[]>({
  name: 'breaker/shared-reported-again',
  ids: ['F4'],
  about:
    'Requests to the store and its replies are lost: a failure was counted, and who reported it does not know. It ' +
    'reports again, until it is told; each failure counts once.',
  subjects: { ours: hold(ours({ ...options, faults: ['lost request', 'lost reply'] })) },
  workload: fc.array(fc.constant(null), { minLength: 1, maxLength: 4 }),
  runs: 500,
  body: async ({ sim, subject, workload }) => {
    const retried = async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        const done = await sim.attempt('store', {}, work);
        if (done.ok) return done.value;
        if (!(done.error instanceof BreakerError) || done.error.code !== 'STORE_UNAVAILABLE') throw done.error;
      }
    };
    await sim.clients(workload, async () => {
      const breaker = subject.breaker();
      const report = await retried(() => breaker.admit());
      await retried(async () => report?.(false));
    });
  },
  invariants: [
    afterBody('countedOnce', ({ subject, history: { operations } }) => {
      const { failureCount } = subject.stored();
      const clients = new Set(operations.map(({ task }) => task)).size;
      return failureCount === clients || `${clients} calls failed, ${failureCount} are counted`;
    }),
    sometimes('storeLost', ({ history: { operations } }) => operations.some(({ outcome }) => outcome.kind === 'threw')),
  ],
});
