import type { CampaignResult } from '../check/hunt.ts';

/**
 * What is not as expected and has no counterexample that would show it: one line each, in the order of the table.
 */
export function remarks(results: readonly CampaignResult[]): string[] {
  return results.flatMap((result) => {
    const { campaign, counterexample, standing, verdict } = result;
    if (standing === 'held' || standing === 'caught' || standing === 'judged') return [];
    if (counterexample !== null && verdict.kind !== 'divergence') return [];
    return [`${campaign.scenario}@${campaign.subject}: ${verdict.message ?? notCaught(result)}`];
  });
}

function notCaught({ target, runs }: CampaignResult): string {
  return `expected to fail ${String(target.subject.invariant)}, but all ${String(runs)} runs hold`;
}

/** What makes results doubtful, one line for each campaign and doubt, in the order of the table. */
export function warnings(results: readonly CampaignResult[]): string[] {
  return results.flatMap(({ campaign, doubts }) =>
    doubts.map((doubt) => `warning: ${campaign.scenario}@${campaign.subject}: ${doubt}`),
  );
}
