import Table from 'cli-table3';
import type { Colors } from 'picocolors/types.js';
import type { CampaignResult } from '../check/hunt.ts';
import { verdictName } from '../check/verdict.ts';

/** The table at the end of a run, one row a campaign. */
export function runTable(results: readonly CampaignResult[], colors: Colors): string {
  const head = ['scenario', 'subject', 'expected', 'verdict', 'runs', 'schedules/s', 'counterexample', 'replay'];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const result of results) {
    const { campaign, target, runs, elapsedMs } = result;
    const { expect, invariant } = target.subject;
    table.push([
      campaign.scenario,
      campaign.subject,
      invariant === undefined ? expect : `${expect} ${invariant}`,
      verdictCell(result, colors),
      String(runs),
      elapsedMs === 0 ? '' : String(Math.round((runs / elapsedMs) * 1000)),
      sizeCell(result),
      result.counterexample === null ? '' : `heddle replay ${result.counterexample.path}`,
    ]);
  }
  return table.toString();
}

function verdictCell({ verdict, standing }: CampaignResult, colors: Colors): string {
  const text = verdictName(verdict);
  switch (standing) {
    case 'held':
    case 'caught':
      return colors.green(`${standing === 'held' ? '✓' : '✓ caught:'} ${text}`);
    case 'judged':
      return colors.cyan(`• ${text}`);
    case 'inconclusive':
      return colors.yellow(`? ${text}`);
    case 'unexpected':
    case 'broken':
      return colors.red(`✗ ${text}`);
  }
}

function sizeCell({ counterexample }: CampaignResult): string {
  const shrunk = counterexample?.value.shrunk;
  if (shrunk === undefined || shrunk === null) return counterexample === null ? '' : 'not shrunk';
  const { operations, choices, faults } = shrunk;
  const count = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;
  return [
    count(operations, 'operation'),
    count(choices, 'choice'),
    ...(faults > 0 ? [count(faults, 'fault')] : []),
  ].join(', ');
}
