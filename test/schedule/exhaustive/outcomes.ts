// The outcomes of all schedules of a generated program, by one search or the other.

import { erased } from '../../fixtures/runs.ts';
import { searched, type Searched } from './search.ts';
import { scenarioOf, type GeneratedProgram } from './programs.ts';

export interface Outcomes extends Searched {
  /** Cells, what each task read, and how it ended. */
  readonly outcomes: ReadonlySet<string>;
}

export async function outcomesOf(
  program: GeneratedProgram,
  strategy: 'exhaustive' | 'enumerate',
  runs: number,
): Promise<Outcomes> {
  const outcomes = new Set<string>();
  let last: { outcome(): string } | null = null;
  const scenario = scenarioOf(program, (machine) => {
    last = machine;
  });
  const found = await searched(erased(scenario), strategy, runs, ({ verdict }) => {
    outcomes.add(`${last!.outcome()} ${verdict.kind} ${verdict.invariant ?? ''}`);
  });
  return { ...found, outcomes };
}
