import type { Colors } from 'picocolors/types.js';
import type { TraceTurn } from '../check/trace.ts';
import { isFailure, verdictName, type Verdict } from '../check/verdict.ts';

export interface TraceView {
  readonly turns: readonly TraceTurn[];
  readonly verdict: Verdict;
  /** Characters in a line. */
  readonly width: number;
}

/** Of a longer trace so many turns are shown at its beginning and at its end. */
const SHOWN = 40;
const GUTTER = 13;
const NARROWEST = 22;
const WIDEST = 46;

/** The trace of a run as text: one column per task, a row per turn, and where the invariant broke. */
export function traceText({ turns, verdict, width }: TraceView, colors: Colors): string {
  const tasks = [...new Set(turns.flatMap(({ task, notes }) => [task, ...notes.map((note) => note.task)]))];
  const column = Math.min(WIDEST, Math.max(NARROWEST, Math.floor((width - GUTTER) / tasks.length) - 1));
  const lines: string[] = [];
  const row = (gutter: string, task: string, text: string, paint: (text: string) => string = (each) => each): void => {
    const at = tasks.indexOf(task);
    wrap(text, column).forEach((line, i) => {
      const cells = tasks.map((_, c) => (c === at ? paint(line.padEnd(column)) : ' '.repeat(column)));
      lines.push(`${(i === 0 ? gutter : '').padStart(GUTTER - 1)} ${cells.join(' ')}`.trimEnd());
    });
  };
  lines.push(
    colors.bold(
      `${'turn      ms'.padStart(GUTTER - 1)} ${tasks.map((task) => task.padEnd(column)).join(' ')}`.trimEnd(),
    ),
  );
  const left = turns.length - 2 * SHOWN;
  for (const [i, turn] of turns.entries()) {
    if (left > 0 && i === SHOWN) lines.push(colors.dim(`${' '.repeat(GUTTER)}… ${String(left)} turns left out …`));
    if (left > 0 && i >= SHOWN && i < SHOWN + left) continue;
    const gutter = `${String(turn.turn).padStart(4)} ${String(round(turn.at)).padStart(7)}`;
    row(gutter, turn.task, turn.event, colors.dim);
    if (turn.deviation !== null) row('', turn.task, `↯ ${turn.deviation}`, colors.yellow);
    for (const note of turn.notes) {
      const mark = { invoked: '▸', ended: '◂', told: '·', crash: '✗', restart: '↻', output: '»' }[note.kind];
      row('', note.task, `${mark} ${note.text}`, note.kind === 'crash' ? colors.red : undefined);
    }
  }
  if (isFailure(verdict)) {
    const last = turns.at(-1);
    const where = last === undefined ? '' : ` in turn ${String(last.turn)} at ${String(round(last.at))} ms`;
    lines.push(colors.red(`✗ ${verdictName(verdict)}${where}: ${verdict.message ?? ''}`));
  } else {
    lines.push(colors.green('✓ holds'));
  }
  return lines.join('\n');
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replace(/\s+/g, ' ').split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = '  ';
    }
    while (line.length + rest.length + 1 > width) {
      const room = width - line.length - 1;
      lines.push(`${line}${line.trim() === '' ? '' : ' '}${rest.slice(0, room)}`);
      rest = rest.slice(room);
      line = '  ';
    }
    line = line.trim() === '' ? `${line}${rest}` : `${line} ${rest}`;
  }
  lines.push(line);
  return lines;
}
