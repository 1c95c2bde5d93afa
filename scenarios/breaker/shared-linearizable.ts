import { fail, fc, hold, judge, linearizable, models, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type SharedBreakers } from './specimens/shared-breakers.ts';

/** OPEN lasts longer than any run: a model knows no time. */
const options = { failureThreshold: 2, openMs: 60_000, latency: [0, 10] as const };

export default scenario<SharedBreakers, { arrives: number; takes: number }[]>({
  name: 'breaker/shared-linearizable',
  ids: ['F4'],
  about:
    'Several processes ask one breaker and report failures to it. Whatever it answers, it could have answered them one ' +
    'after the other: no failure is lost, and who asks once it has opened is refused.',
  restsOn: { 'as-found': 'the read and the write of the count, which are described in words' },
  subjects: {
    ours: hold(ours(options)),
    'as-found': fail('behavesAsOneBreaker', asFound(options)),
    'as-documented': judge(asDocumented(options)),
  },
  workload: fc.array(fc.record({ arrives: fc.integer({ min: 0, max: 60 }), takes: fc.integer({ min: 0, max: 20 }) }), {
    minLength: 1,
    maxLength: 5,
  }),
  runs: 300,
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ arrives, takes }, call) => {
      await sim.io('arrive', { latency: arrives });
      let report: ((succeeded: boolean) => Promise<unknown>) | undefined;
      const admitted = await sim.op('admit', { call }, async () => {
        report = await subject.breaker().admit();
        return report !== undefined;
      });
      if (!admitted) return;
      await sim.io('call', { latency: takes });
      await sim.op('report', { call, succeeded: false }, () => report?.(false));
    });
  },
  invariants: [
    linearizable('behavesAsOneBreaker', models.breaker({ failureThreshold: 2, opensForGood: true })),
    sometimes('refused', ({ history: { operations } }) =>
      operations.some(({ name, outcome }) => {
        return name === 'admit' && outcome.kind === 'returned' && outcome.value === false;
      }),
    ),
    sometimes('reportedAtOnce', ({ history: { operations } }) => {
      return operations.filter(({ name, outcome }) => name === 'report' && outcome.kind === 'pending').length > 1;
    }),
  ],
});
