import { dependent, type Signature } from './dependence.ts';
import type { HappensBefore, Race } from './happens-before.ts';
import type { Turn } from './turn-log.ts';

/** An event that might come next at a fork, and what it would touch; undefined: not known yet. */
export interface Candidate {
  readonly id: number;
  readonly touches: Signature | undefined;
}

/** One of the candidates must be tried at the fork, or all of them. */
export interface Demand {
  /** Of the fork: how many choices are made before it. */
  readonly depth: number;
  readonly among: readonly Candidate[];
  readonly all: boolean;
  /** Ids of the events that lead to what is looked for, in order. */
  readonly guide: readonly number[];
}

/** A turn that was chosen among several events. */
export interface Fork {
  readonly depth: number;
  readonly enabled: ReadonlySet<number>;
}

/**
 * What else must be tried, to see both orders of each race: source sets, after Abdulla, Aronis, Jonsson and Sagonas,
 * "Optimal dynamic partial order reduction", POPL 2014, Algorithm 1. Looks at races whose second turn is `from` or
 * later. Races with a turn that touches anything are left out: there every enabled event is tried, anyway.
 */
export function demands(
  turns: readonly Turn[],
  order: HappensBefore,
  forks: ReadonlyMap<number, Fork>,
  from: number,
): Demand[] {
  const found: Demand[] = [];
  for (const race of order.races) {
    if (race.second < from || turns[race.first]!.touches === null) continue;
    const fork = forks.get(race.first);
    if (fork !== undefined) found.push(reversal(race, turns, order, fork));
  }
  for (let i = from; i < turns.length; i += 1) {
    const turn = turns[i]!;
    for (const touches of turn.waits) {
      const first = obstacle(turns, i, touches);
      const fork = forks.get(first);
      if (fork === undefined || turns[first]!.touches === null || order.before(first, i)) continue;
      found.push(reversal({ first, second: i }, turns, order, fork));
    }
  }
  for (const [i, fork] of forks) {
    const turn = turns[i];
    if (turn === undefined || turn.touches === null) continue;
    for (const id of turn.cancels)
      if (fork.enabled.has(id)) found.push(...revival(i, id, turns, order, fork, i >= from));
  }
  return found;
}

/** What was taken back could have come before it was: at once, or after all that does not depend on who took it back. */
function revival(
  canceller: number,
  id: number,
  turns: readonly Turn[],
  order: HappensBefore,
  fork: Fork,
  isNew: boolean,
): Demand[] {
  const { depth } = fork;
  const demand: Demand = { depth, among: [{ id, touches: undefined }], all: false, guide: [] };
  const sequence = independentOf(canceller, turns.length, turns, order);
  const among = initials(sequence, turns, order, fork);
  const after: Demand = { depth, among, all: false, guide: [...sequence.map((k) => turns[k]!.id), id] };
  return [...(isNew ? [demand] : []), ...(among.length > 0 ? [after] : [])];
}

/** The turns after `first`, up to `end`, that do not depend on it. */
function independentOf(first: number, end: number, turns: readonly Turn[], order: HappensBefore): number[] {
  const sequence: number[] = [];
  for (let k = first + 1; k < end; k += 1) if (!order.before(first, k)) sequence.push(k);
  return sequence;
}

/** Those turns of a sequence that could begin it, and were enabled at the fork. */
function initials(sequence: readonly number[], turns: readonly Turn[], order: HappensBefore, fork: Fork): Candidate[] {
  return sequence
    .filter((k, at) => fork.enabled.has(turns[k]!.id) && sequence.slice(0, at).every((m) => !order.before(m, k)))
    .map((k) => ({ id: turns[k]!.id, touches: turns[k]!.touches }));
}

/** The turn that made what a task wants at turn `i` impossible: the last one before it that has to do with that; or -1. */
function obstacle(turns: readonly Turn[], i: number, touches: Signature): number {
  let at = i - 1;
  while (at >= 0 && !dependent(turns[at]!.touches, touches)) at -= 1;
  return at;
}

/** To have the race the other way round: all that does not depend on its first turn, and then its second. */
function reversal({ first, second }: Race, turns: readonly Turn[], order: HappensBefore, fork: Fork): Demand {
  const sequence = [...independentOf(first, second, turns, order), second];
  // The second turn is known only as it is after the first.
  const among = initials(sequence, turns, order, fork).map((candidate) =>
    candidate.id === turns[second]!.id ? { id: candidate.id, touches: undefined } : candidate,
  );
  const { depth, enabled } = fork;
  const guide = sequence.map((k) => turns[k]!.id);
  if (among.length > 0) return { depth, among, all: false, guide };
  // The first enables the second: whatever else may come first there, does.
  return { depth, among: [...enabled].map((id) => ({ id, touches: undefined })), all: true, guide: [] };
}
