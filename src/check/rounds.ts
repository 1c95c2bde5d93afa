import { strategyNamed } from '../schedule/strategies.ts';
import type { Campaign } from './campaign.ts';

/** Rounds grow with the runs made so far, by this part of them: a strategy learns soon, and often at first. */
const GROWTH = 1 / 4;
/** Largest round, in runs. */
const LARGEST = 1024;
/** Runs that a thread does at a time, in large rounds. */
const CHUNK = 128;
/** The same in small ones: so that they are shared, too. */
const SMALL_CHUNK = 32;
/** With isolation by worker: every run has one of its own, or the same run could not be repeated. */
const ISOLATED_CHUNK = 1;

/** Where the round that begins at run `from` ends: after each of the first eight, then 10, 12, 15, 18, 22 … */
export function roundEnd(from: number): number {
  return from + Math.min(LARGEST, Math.max(1, Math.floor(from * GROWTH)));
}

/** Bounds of the round that begins at run `from`; null when all runs were made, or none is left to make. */
export function nextRound(campaign: Campaign, from: number, knowledge: unknown): readonly [number, number] | null {
  const left = strategyNamed(campaign.strategy).left?.(knowledge) ?? Infinity;
  const to = Math.min(roundEnd(from), campaign.runs, from + left);
  return from < to ? [from, to] : null;
}

/** Boundaries of the rounds of a campaign whose strategy has use for any number of runs. */
export function* rounds(runs: number): Generator<readonly [from: number, to: number]> {
  for (let from = 0; from < runs; from = roundEnd(from)) yield [from, Math.min(roundEnd(from), runs)];
}

/** A round in pieces, at boundaries that depend on the run indices only. */
export function chunks([from, to]: readonly [number, number], isolated: boolean): (readonly [number, number])[] {
  const shared = to - from < LARGEST ? SMALL_CHUNK : CHUNK;
  const size = isolated ? ISOLATED_CHUNK : shared;
  const pieces: (readonly [number, number])[] = [];
  for (let at = from; at < to;) {
    const end = Math.min(to, (Math.floor(at / size) + 1) * size);
    pieces.push([at, end]);
    at = end;
  }
  return pieces;
}

/** Run indices whose turns are kept for the comparison with a re-run: 0, 1, 3, 7, 15 … */
export function sampled(from: number, to: number): number[] {
  const indices: number[] = [];
  for (let index = 0; index < to; index = index * 2 + 1) if (index >= from) indices.push(index);
  return indices;
}
