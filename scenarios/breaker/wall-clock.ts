import { fail, fc, hold, judge, scenario, sometimes, type Invariant, type Scenario } from 'heddle';
import { asDocumented, asFound, ours, trip, type Breaker } from './specimens/adapter.ts';

const options = { openMs: 100 };
const HOUR = 3_600_000;

type Workload = { wait: number }[];

/** What a question is answered, by the time that has really passed since the trip. */
function answers(name: string, wrong: (admitted: boolean, elapsed: number) => boolean): Invariant<Breaker> {
  return {
    name,
    watch: ({ history: { operations } }) => ({
      ended: ({ name, outcome, endedAt }) => {
        if (name !== 'ask' || outcome.kind !== 'returned') return undefined;
        const elapsed = endedAt - operations[0]!.endedAt;
        const admitted = outcome.value === true;
        if (!wrong(admitted, elapsed)) return undefined;
        return `${elapsed} ms after it opened for ${options.openMs} ms it ${admitted ? 'admits' : 'refuses'}`;
      },
    }),
  };
}

function steppedBy(
  ms: number,
  name: string,
  about: string,
  invariant: Invariant<Breaker>,
): Scenario<Breaker, Workload> {
  return scenario<Breaker, Workload>({
    name,
    ids: ['B5'],
    about,
    restsOn: { 'as-found': 'canExecute, in the printed style', 'as-documented': 'canExecute, in the printed style' },
    subjects: {
      ours: hold(() => ours(options)),
      'as-found': fail(invariant.name, () => asFound(options)),
      'as-documented': judge(() => asDocumented(options)),
    },
    workload: fc.array(fc.record({ wait: fc.integer({ min: 1, max: 150 }) }), { minLength: 1, maxLength: 4 }),
    body: async ({ sim, subject, workload }) => {
      const server = sim.process('server', { clockSteps: [ms] });
      const run = async (): Promise<void> => {
        await trip(sim, subject);
        for (const { wait } of workload) {
          await sim.sleep(wait);
          await sim.op('ask', {}, () => subject.canExecute());
        }
      };
      await sim.client('caller', run, { in: server });
    },
    invariants: [
      invariant,
      sometimes('refused', ({ history: { operations } }) =>
        operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === false),
      ),
      sometimes('admitted', ({ history: { operations } }) =>
        operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === true),
      ),
    ],
  });
}

export default [
  steppedBy(
    HOUR,
    'breaker/clock-set-forward',
    'Somebody sets the clock forward by an hour. Who goes by the wall clock admits calls before the time of OPEN is over.',
    answers('admitsNothingBeforeItsTime', (admitted, elapsed) => admitted && elapsed < options.openMs - 1),
  ),
  steppedBy(
    -HOUR,
    'breaker/clock-set-back',
    'Somebody sets the clock back by an hour. Who goes by the wall clock refuses everything for an hour.',
    answers('admitsInTime', (admitted, elapsed) => !admitted && elapsed > options.openMs + 1),
  ),
];
