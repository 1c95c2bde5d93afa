import { fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, reasonOf, type Budget } from './specimens/adapter.ts';

const limit = 10;

const callerSeesOwnError: Invariant<Budget> = {
  name: 'callerSeesOwnError',
  watch: () => ({
    ended: ({ outcome, input }) => {
      if (outcome.kind !== 'threw') return undefined;
      const own = (input as { fails: boolean }).fails ? ['work failed', 'budget-exceeded'] : ['budget-exceeded'];
      const reason = reasonOf(outcome.error);
      return own.includes(reason) ? undefined : `expected ${own.join(' or ')}, the caller sees ${reason}`;
    },
  }),
};

export default scenario<Budget, { estimate: number; fails: boolean }[]>({
  name: 'budget/caller-sees-own-error',
  ids: ['B3'],
  about:
    'A caller is refused. The documented catch block releases what was never reserved, throws again, and the caller ' +
    'sees the error of the clean-up instead of the refusal. As found there is no clean-up, so this holds.',
  restsOn: { 'as-documented': 'that a refusal throws' },
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': judge(() => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.record({ estimate: fc.integer({ min: 1, max: 12 }), fails: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ estimate, fails }, id) => {
      const perform = async (): Promise<number> => {
        await sim.io('work', { latency: [5, 50] });
        if (fails) throw new Error('work failed');
        return estimate;
      };
      await sim.attempt('run', { id, estimate, fails }, () => subject.run(id, estimate, perform));
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    callerSeesOwnError,
    sometimes('refused', ({ history: { operations } }) =>
      operations.some(({ outcome, invokedTurn, endedTurn }) => outcome.kind === 'threw' && endedTurn === invokedTurn),
    ),
  ],
  runs: 300,
});
