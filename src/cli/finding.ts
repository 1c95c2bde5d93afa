import type { CampaignResult } from '../check/hunt.ts';
import { replayLine } from '../report/replay-line.ts';
import { findingText } from '../report/finding-text.ts';
import type { Terminal } from './terminal.ts';

/** What a run shows of a counterexample as soon as it has been shrunk. */
export function finding(result: CampaignResult, terminal: Terminal): string {
  const { campaign, counterexample, target } = result;
  const { shrunk } = counterexample!.value;
  return findingText(
    {
      title: `${campaign.scenario}@${campaign.subject}`,
      ids: target.info.ids,
      verdict: result.verdict,
      turns: counterexample!.turns,
      explanation: shrunk?.explanation ?? null,
      restsOn: target.subject.restsOn,
      file: counterexample!.path,
      replay: replayLine(result)!,
      width: terminal.width,
    },
    terminal.colors,
  );
}
