import type { PendingEvent } from '../kernel/event.ts';
import type { Operation } from '../invariant/history.ts';
import { describeCycle, waitForCycle } from '../invariant/wait-for.ts';
import type { Lap, Outlook } from './livelock.ts';
import type { Verdict } from './verdict.ts';

/** `c1 in acquire, c2 in acquire`: operations that have not returned, in processes that live. */
export function waitingIn(operations: readonly Operation[]): string {
  return operations
    .filter(({ outcome, abandoned }) => outcome.kind === 'pending' && !abandoned)
    .map(({ name, task }) => `${task} in ${name}`)
    .join(', ');
}

/** Nothing is pending, and a part of the scenario has not settled. */
export function restVerdict(part: string, operations: readonly Operation[]): Verdict {
  const waiting = waitingIn(operations);
  const cycle = waitForCycle(waiting === '' ? [] : operations);
  if (cycle !== null) return { kind: 'deadlock', invariant: 'noDeadlock', message: describeCycle(cycle) };
  const who = waiting === '' ? `the ${part}` : waiting;
  return {
    kind: 'deadlock',
    invariant: 'everyOperationSettles',
    message: `${who} never settles: nothing is pending that could settle it`,
  };
}

/** A run that has made as many turns as it may. */
export interface OverTurns {
  /** What has not settled: `the body`. */
  readonly what: string;
  /** The invariant of which livelock would be the end. */
  readonly invariant: string;
  readonly turn: number;
  readonly now: number;
  readonly fired: PendingEvent | null;
  /** The operations that have not returned, as {@link waitingIn} tells them. */
  readonly waiting: string;
}

/** A part of the scenario has not settled within its turns: it goes round in circles, or it is slow. */
export function turnsVerdict(run: OverTurns, outlook: Outlook): Verdict {
  const { what, invariant, turn, now, fired, waiting } = run;
  const waits = waiting === '' ? '' : `; waiting: ${waiting}`;
  if (outlook.kind === 'circles') {
    const message = `${what} goes round in circles: from turn ${String(turn)} on ${lapText(outlook.lap)}; nothing begins, returns or is told${waits}`;
    return { kind: 'livelock', invariant, message };
  }
  const last = fired === null ? 'nothing' : `${fired.task.name}/${fired.describe()}`;
  const message = `${what} did not settle within ${String(turn)} turns, ${String(now)} virtual ms; last turn: ${last}${waits}; ${prospect(outlook)}`;
  return { kind: 'limit', invariant: 'limit', message };
}

/** What the examination of a slow run says to do. */
function prospect(outlook: Exclude<Outlook, { kind: 'circles' }>): string {
  switch (outlook.kind) {
    case 'over':
      return `it settles ${String(outlook.turns)} turns later: raise maxTurns`;
    case 'quiescent':
      return `${String(outlook.turns)} turns later nothing is pending any more: raise maxTurns`;
    case 'repeats':
      return `${lapText(outlook.lap)}, but ${outlook.unless}: raise maxTurns`;
    case 'changes':
      return 'it was still changing: raise maxTurns if it needs more';
  }
}

/** An `eventually` has not come true within its time: never, or not yet. */
export function lateVerdict(invariant: string, within: number, outlook: Outlook): Verdict {
  const message = `${invariant} did not come true within ${String(within)} virtual ms`;
  switch (outlook.kind) {
    case 'circles': {
      const lap = lapText(outlook.lap);
      return { kind: 'livelock', invariant, message: `${message}, and goes round in circles: ${lap}` };
    }
    case 'over':
      return { kind: 'violation', invariant, message: `${message}; it did ${String(outlook.ms)} ms later` };
    case 'quiescent':
      return { kind: 'violation', invariant, message: `${message}, and nothing is pending any more` };
    case 'repeats':
    case 'changes':
      return { kind: 'violation', invariant, message };
  }
}

/** So many turns of a lap are told. */
const TOLD = 12;

function lapText({ turns, seen }: Lap): string {
  const told = turns.slice(0, TOLD).join(', ');
  const rest = turns.length > TOLD ? `, and ${String(turns.length - TOLD)} more` : '';
  const these = turns.length === 1 ? 'the same turn comes' : `the same ${String(turns.length)} turns come`;
  return `${these} again and again, for ${String(seen)} turns (${told}${rest})`;
}
