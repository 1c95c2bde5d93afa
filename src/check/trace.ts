import type { Choice, Recorder } from '../kernel/choice.ts';
import type { PendingEvent } from '../kernel/event.ts';
import { deviationOf, describeDeviation } from '../schedule/deviation.ts';
import type { Note } from '../scenario/observer.ts';

/** Something that happened during a turn, in the column of the task it belongs to. */
export interface TraceNote {
  readonly task: string;
  readonly kind: Note['kind'];
  readonly text: string;
}

/** One turn, as a person reads it. */
export interface TraceTurn {
  readonly turn: number;
  /** Virtual ms. */
  readonly at: number;
  readonly task: string;
  readonly process: string;
  readonly event: string;
  /** The choice that made this turn differ from what an idle machine would do. */
  readonly deviation: string | null;
  readonly notes: readonly TraceNote[];
}

const TEXT_MAX = 160;

/** Records a run for people. */
export class TraceRecorder implements Recorder {
  readonly turns: (TraceTurn & { deviation: string | null; notes: TraceNote[] })[] = [];
  readonly choices: Choice[] = [];
  #deviation: string | null = null;

  choice(choice: Choice): void {
    this.choices.push(choice);
    const deviation = deviationOf(choice);
    // A crash shows as a note in the turn after which it strikes.
    if (deviation === null || (choice.kind === 'fault' && choice.fault === 'crash')) return;
    const text = describeDeviation(deviation);
    // Faults and values are chosen within a turn; which event fires, and how late, before it.
    const turn = choice.kind === 'fault' || choice.kind === 'draw' ? this.turns.at(-1) : undefined;
    if (turn === undefined) this.#deviation = joined(this.#deviation, text);
    else turn.deviation = joined(turn.deviation, text);
  }

  turn(turn: number, at: number, event: PendingEvent): void {
    const { task } = event;
    this.turns.push({
      turn,
      at,
      task: task.name,
      process: task.process.name,
      event: event.describe(),
      deviation: this.#deviation,
      notes: [],
    });
    this.#deviation = null;
  }

  note(note: Note): void {
    this.turns.at(-1)?.notes.push(describeNote(note));
  }
}

function joined(before: string | null, text: string): string {
  return before === null ? text : `${before}; ${text}`;
}

function describeNote(note: Note): TraceNote {
  switch (note.kind) {
    case 'invoked': {
      const { name, input, task } = note.operation;
      return { task, kind: note.kind, text: `${name} ${brief(input)}` };
    }
    case 'ended': {
      const { name, outcome, task } = note.operation;
      if (outcome.kind === 'threw')
        return { task, kind: note.kind, text: `${name} threw ${briefError(outcome.error)}` };
      return {
        task,
        kind: note.kind,
        text: `${name} = ${brief(outcome.kind === 'returned' ? outcome.value : undefined)}`,
      };
    }
    case 'told':
      return { task: note.task, kind: note.kind, text: `${note.what} ${brief(note.data)}` };
    case 'crash':
    case 'restart':
      return {
        task: note.process,
        kind: note.kind,
        text: `${note.process} ${note.kind === 'crash' ? 'crashes' : 'restarts'}`,
      };
    case 'output':
      // Without the frames of printed stacks: paths of one machine, in a trace that is the same on all.
      return { task: note.task, kind: note.kind, text: note.text.replace(/\n\s+at .*/g, '').trimEnd() };
  }
}

function briefError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : brief(error);
}

/** A value on one line: enough to recognise it. */
export function brief(value: unknown): string {
  const text = render(value, 0);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
}

function render(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value === 'function') return value.name === '' ? 'function' : value.name;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (depth > 2) return '…';
  if (Array.isArray(value)) return `[${value.map((item) => render(item, depth + 1)).join(', ')}]`;
  const fields = Object.entries(value).filter(([, field]) => typeof field !== 'function');
  return `{${fields.map(([key, field]) => `${key}: ${render(field, depth + 1)}`).join(', ')}}`;
}
