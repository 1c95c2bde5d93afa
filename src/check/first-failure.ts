import type { Scenario } from '../scenario/scenario.ts';
import { strategyNamed } from '../schedule/strategies.ts';
import type { Campaign } from './campaign.ts';
import { explore, type ChunkResult, type Progress } from './explore.ts';
import { chunks, nextRound } from './rounds.ts';
import type { Verdict } from './verdict.ts';

/** How soon a campaign came upon something. */
export interface FirstFailure {
  /** Runs made in index order, the failing one among them. */
  readonly runs: number;
  /** Verdict of the lowest failing run, whose index is `runs - 1`; null when no run failed. */
  readonly verdict: Verdict | null;
  readonly tainted: boolean;
}

/**
 * Makes the runs of a campaign one after another in this thread, up to the first that fails. They are the runs that
 * `exploreCampaign` makes with any number of threads: the same rounds, and in each the same knowledge.
 */
export async function firstFailure(scenario: Scenario, campaign: Campaign, progress: Progress): Promise<FirstFailure> {
  const strategy = strategyNamed(campaign.strategy);
  let knowledge = strategy.initial;
  let runs = 0;
  let tainted = false;
  for (let bounds = nextRound(campaign, 0, knowledge); bounds !== null;) {
    const results: ChunkResult[] = [];
    for (const [from, to] of chunks(bounds, false)) {
      const known = strategy.brief?.(knowledge, from, to) ?? knowledge;
      const result = await explore(scenario, { campaign, from, to, knowledge: known, samples: [] }, progress);
      results.push(result);
      runs += result.hashes.length;
      tainted ||= result.tainted;
      if (result.failure !== null) return { runs, verdict: result.failure.verdict, tainted };
    }
    knowledge = strategy.learn(
      knowledge,
      results.flatMap(({ facts }) => facts),
    );
    bounds = nextRound(campaign, bounds[1], knowledge);
  }
  return { runs, verdict: null, tainted };
}
