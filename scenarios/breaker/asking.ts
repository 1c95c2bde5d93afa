import { fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, trip, type Breaker } from './specimens/adapter.ts';

const options = { openMs: 100 };

const askingChangesNothing: Invariant<Breaker> = {
  name: 'askingChangesNothing',
  watch: () => ({
    ended: ({ name, outcome }) => {
      if (name !== 'ask' || outcome.kind !== 'returned') return undefined;
      const { before, after } = outcome.value as { before: string; after: string };
      return before === after ? undefined : `being asked made it ${after} instead of ${before}`;
    },
  }),
};

export default scenario<Breaker, { wait: number }[]>({
  name: 'breaker/asking-changes-nothing',
  ids: ['B5'],
  about: 'Somebody asks whether a call would be admitted, for a dashboard say. As found, the question is a transition.',
  subjects: {
    ours: hold(() => ours(options)),
    'as-found': fail('askingChangesNothing', () => asFound(options)),
    'as-documented': judge(() => asDocumented(options)),
  },
  workload: fc.array(fc.record({ wait: fc.integer({ min: 0, max: 150 }) }), { minLength: 1, maxLength: 4 }),
  body: async ({ sim, subject, workload }) => {
    await trip(sim, subject);
    for (const { wait } of workload) {
      await sim.sleep(wait);
      await sim.op('ask', {}, () => {
        const before = subject.state;
        const admitted = subject.canExecute();
        return { admitted, before, after: subject.state };
      });
    }
  },
  invariants: [
    askingChangesNothing,
    sometimes('timeIsOver', ({ history: { operations } }) =>
      operations.some(
        ({ outcome }) => outcome.kind === 'returned' && (outcome.value as { admitted: boolean }).admitted,
      ),
    ),
  ],
  runs: 300,
});
