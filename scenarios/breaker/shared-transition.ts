import { fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, type SharedBreakers } from './specimens/shared-breakers.ts';

const options = { failureThreshold: 2, openMs: 10_000, latency: [0, 10] as const };

type Report = { succeeds: boolean; takes: number };

/** In the moment in which it opens, the failures in a row are as many as that takes: the last may be part of the step. */
const noStaleTransition: Invariant<SharedBreakers> = {
  name: 'noStaleTransition',
  watch: ({ subject }) => {
    let before = subject.stored();
    return {
      afterTurn: () => {
        const now = subject.stored();
        const opened = now.state === 'OPEN' && before.state === 'CLOSED';
        const { failureCount } = before;
        before = now;
        if (!opened || failureCount >= options.failureThreshold - 1) return undefined;
        return `it opens for ${options.failureThreshold} failures in a row, and ${failureCount} stood in the store`;
      },
    };
  },
};

export default scenario<SharedBreakers, Report[]>({
  name: 'breaker/shared-transition',
  ids: ['F4'],
  about:
    'One process counts the failure that trips the breaker; before it has written that, another reports a success, ' +
    'which sets the count back. Then the breaker opens on a count that is no more. Counter and state are two operations.',
  restsOn: { 'as-found': 'that a success sets the count back', 'as-documented': 'that a success sets the count back' },
  subjects: {
    ours: hold(ours(options)),
    'as-found': fail('noStaleTransition', asFound(options)),
    // Rests on a completed line: that a success sets the count back.
    'as-documented': judge(asDocumented(options)),
  },
  workload: fc.array(fc.record({ succeeds: fc.boolean(), takes: fc.integer({ min: 0, max: 40 }) }), {
    minLength: 1,
    maxLength: 5,
  }),
  runs: 500,
  body: async ({ sim, subject, workload }) => {
    // All of them are admitted before the first has ended.
    const admitted = await Promise.all(workload.map(() => subject.breaker().admit()));
    await sim.clients(workload, async (report, _name, index) => {
      await sim.io('call', { latency: report.takes });
      await sim.op('report', report, () => admitted[index]?.(report.succeeds));
    });
  },
  invariants: [
    noStaleTransition,
    sometimes('opened', ({ subject }) => subject.stored().state === 'OPEN'),
    sometimes('successWhileTripping', ({ subject, history: { operations } }) => {
      const underWay = operations.filter(({ outcome }) => outcome.kind === 'pending');
      const succeeding = underWay.filter(({ input }) => (input as Report).succeeds);
      return subject.stored().failureCount === 1 && succeeding.length > 0 && underWay.length > succeeding.length;
    }),
  ],
});
