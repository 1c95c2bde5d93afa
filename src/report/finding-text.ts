import type { Colors } from 'picocolors/types.js';
import type { Explanation } from '../check/explain.ts';
import type { TraceTurn } from '../check/trace.ts';
import { verdictName, type Verdict } from '../check/verdict.ts';
import { traceText } from './trace-text.ts';

export interface Finding {
  readonly title: string;
  readonly ids: readonly string[];
  readonly verdict: Verdict;
  /** Null where the run could not be shrunk and traced. */
  readonly turns: readonly TraceTurn[] | null;
  readonly explanation: Explanation | null;
  /** The completed line of the specimen on which it rests. */
  readonly restsOn?: string | undefined;
  /** Where the counterexample lies; null for a replay of a token. */
  readonly file: string | null;
  /** The line to copy. */
  readonly replay: string;
  readonly width: number;
}

/** A finding for people: what is wrong, the trace, what matters in it, and the line that replays it. */
export function findingText(finding: Finding, colors: Colors): string {
  const { title, ids, verdict, turns, explanation, restsOn, file, replay, width } = finding;
  const lines = [colors.bold(`── ${title}${ids.length === 0 ? '' : ` (${ids.join(', ')})`} ${'─'.repeat(20)}`)];
  if (turns === null) lines.push(colors.red(`✗ ${verdictName(verdict)}: ${verdict.message ?? ''}`));
  else lines.push(traceText({ turns, verdict, width }, colors));
  if (explanation !== null) lines.push(...explanationLines(explanation));
  if (restsOn !== undefined) lines.push(`  rests   on a completed line: ${restsOn}`);
  if (file !== null) lines.push(`  file    ${file}`);
  lines.push(`  replay  ${replay}`, '');
  return lines.join('\n');
}

function explanationLines({ choices, nearestPassing }: Explanation): string[] {
  const lines = choices.map(({ choice, without }) => `  matters ${choice} (without it: ${without})`);
  if (choices.length === 0) lines.push('  matters no choice: it fails in the order that an idle machine takes');
  if (nearestPassing !== null) lines.push(`  passes  ${nearestPassing.change}`);
  return lines;
}
