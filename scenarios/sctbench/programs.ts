import { fail, hold, scenario, type Invariant, type Scenario } from 'heddle';
import type { Program } from './specimens/machine.ts';
import { programs } from './specimens/programs/index.ts';
import { simulate } from './specimens/simulated.ts';

type Run = Program['run'];

/** An assertion of the program failed: the run ends there. */
const noAssertionFails: Invariant<Run> = {
  name: 'noAssertionFails',
  watch: () => ({
    told: ({ kind, task, data }) => (kind === 'assertion failed' ? `${task}: ${data as string}` : undefined),
  }),
};

export default programs.map(({ name, about, bug, run, twin }): Scenario<Run, null> =>
  scenario<Run, null>({
    name: `sctbench/${name}`,
    about,
    subjects: {
      bad: fail(bug === 'assertion' ? noAssertionFails.name : 'everyOperationSettles', () => run),
      good: hold(() => twin),
    },
    every: [null],
    shares: 'resources',
    onRequest: true,
    strategy: 'portfolio',
    body: ({ sim, subject }) => simulate(sim, subject),
    invariants: [noAssertionFails],
    runs: 10_000,
    maxTurns: 10_000,
  }),
);
