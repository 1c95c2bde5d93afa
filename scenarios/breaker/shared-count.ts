import { afterBody, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type SharedBreakers } from './specimens/shared-breakers.ts';

/** So many that nothing trips. */
const options = { failureThreshold: 10, openMs: 1_000, latency: [0, 10] as const };

export default scenario<SharedBreakers, { takes: number }[]>({
  name: 'breaker/shared-count',
  ids: ['F4'],
  about:
    'Several processes report failures to one breaker, and each counts. As found they read the count, add one and write ' +
    'it back. The documented counter is atomic, and holds.',
  restsOn: { 'as-found': 'the read and the write of the count, which are described in words' },
  subjects: {
    ours: hold(ours(options)),
    'as-found': fail('noLostFailure', asFound(options)),
    'as-documented': judge(asDocumented(options)),
  },
  workload: fc.array(fc.record({ takes: fc.integer({ min: 0, max: 20 }) }), { minLength: 1, maxLength: 4 }),
  runs: 500,
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ takes }) => {
      const report = await subject.breaker().admit();
      await sim.io('call', { latency: takes });
      await sim.op('report', {}, () => report?.(false));
    });
  },
  invariants: [
    afterBody('noLostFailure', ({ subject, history: { operations } }) => {
      const { failureCount } = subject.stored();
      return failureCount === operations.length || `${operations.length} calls failed, ${failureCount} are counted`;
    }),
    sometimes('atOnce', ({ history: { operations } }) => {
      return operations.filter(({ outcome }) => outcome.kind === 'pending').length > 2;
    }),
  ],
});
