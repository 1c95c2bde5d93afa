import type { CampaignResult } from '../check/hunt.ts';
import { recipeOf } from '../check/counterexample.ts';
import { encodeToken } from '../check/token.ts';

/** The line to copy that replays what a campaign found; null when it found nothing. */
export function replayLine({ counterexample, campaign, firstFailingRun }: CampaignResult): string | null {
  if (counterexample === null) return null;
  const recipe = recipeOf(counterexample.value);
  if (recipe !== null) return `heddle replay ${encodeToken(recipe)}`;
  const { scenario, subject, seed, strategy } = campaign;
  return `heddle replay ${scenario}@${subject} --seed ${seed} --run ${String(firstFailingRun)} --strategy ${strategy}`;
}
