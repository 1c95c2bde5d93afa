// All runs of a search of one scenario, in this process, past the failing ones.

import { execute, type RunOutcome } from '../../../src/check/execute.ts';
import { inBatches, plans } from '../../../src/check/explore.ts';
import { roundEnd } from '../../../src/check/rounds.ts';
import type { Verdict } from '../../../src/check/verdict.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { strategyNamed } from '../../../src/schedule/strategies.ts';
import type { Covered, Extent, RunFacts } from '../../../src/schedule/strategy.ts';

export interface Searched {
  readonly runs: number;
  readonly extent: Extent;
  readonly covered: Covered | null;
  readonly verdicts: ReadonlySet<Verdict['kind']>;
}

/** Goes on until the strategy has no use for another run, or `runs` are made. */
export async function searched(
  scenario: Scenario,
  strategyName: 'exhaustive' | 'enumerate',
  runs: number,
  after: (outcome: RunOutcome) => void = () => undefined,
  subject: string = Object.keys(scenario.subjects)[0]!,
): Promise<Searched> {
  const strategy = strategyNamed(strategyName);
  const campaign = { scenario: scenario.name, subject, seed: '1', strategy: strategyName, runs };
  const planOf = plans(scenario, campaign);
  const verdicts = new Set<Verdict['kind']>();
  let knowledge = strategy.initial;
  let index = 0;
  let end = 1;
  let facts: RunFacts[] = [];
  await inBatches(() => {
    if (index >= end) return false;
    const plan = planOf(index, knowledge);
    const outcome = execute(plan);
    verdicts.add(outcome.verdict.kind);
    after(outcome);
    facts.push({ index, steps: outcome.picks.length, report: plan.chooser.report?.() });
    index += 1;
    if (index === end) {
      knowledge = strategy.learn(knowledge, facts);
      facts = [];
      end = Math.min(roundEnd(index), runs, index + strategy.left!(knowledge));
    }
    return true;
  });
  return { runs: index, extent: strategy.extent!(knowledge), covered: strategy.covered?.(knowledge) ?? null, verdicts };
}
