// Programs for the machine of scenarios/sctbench, as scenarios, and all of their runs.

import { judge, scenario } from 'heddle';
import sctbench from '../../scenarios/sctbench/programs.ts';
import type { Program } from '../../scenarios/sctbench/specimens/machine.ts';
import { simulate } from '../../scenarios/sctbench/specimens/simulated.ts';
import { execute, type RunOutcome } from '../../src/check/execute.ts';
import { inBatches } from '../../src/check/explore.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { Odometer } from '../choosers.ts';
import { erased } from '../fixtures/runs.ts';

export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  sctbench.map((each) => [each.name.slice('sctbench/'.length), erased(each)]),
);

/** A program as one of SCTBench's scenarios, with the one subject `it`. */
export function own(run: Program['run']): Scenario {
  return erased(
    scenario<Program['run'], null>({
      name: 'sctbench/own',
      subjects: { it: judge(() => run) },
      every: [null],
      shares: 'resources',
      body: ({ sim, subject }) => simulate(sim, subject),
      invariants: sctbench[0]!.invariants!,
    }),
  );
}

/** Runs every schedule there is, of 50,000 at most; `look` is shown each outcome. */
export async function everySchedule(
  scenario: Scenario,
  subject: string,
  look: (outcome: RunOutcome) => void = () => undefined,
): Promise<{ runs: number; failed: number }> {
  const chooser = new Odometer();
  let runs = 0;
  let failed = 0;
  await inBatches(() => {
    const outcome = execute({ scenario, subject, workload: null, chooser });
    if ((runs += 1) > 50_000) throw new Error('more than 50,000 schedules');
    if (outcome.verdict.kind !== 'holds') failed += 1;
    look(outcome);
    return chooser.advance();
  });
  return { runs, failed };
}
