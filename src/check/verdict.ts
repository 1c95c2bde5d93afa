import type { Expectation } from '../scenario/scenario.ts';

/**
 * What was found. `holds`: every run kept its invariants. `violation`, `deadlock`, `livelock`, `leak`, `error`: the
 * subject is wrong, and `invariant` says in what. `escape`, `divergence`: the run was not under control. `limit`:
 * a bound was reached, which is not a pass. `exhausted`: holds for every schedule.
 */
export const VERDICT_KINDS = [
  'holds',
  'exhausted',
  'violation',
  'deadlock',
  'livelock',
  'leak',
  'error',
  'escape',
  'divergence',
  'limit',
] as const;
export type VerdictKind = (typeof VERDICT_KINDS)[number];

export interface Verdict {
  readonly kind: VerdictKind;
  /** The invariant that does not hold; absent when nothing is wrong. */
  readonly invariant?: string;
  /** What is wrong, as a sentence. */
  readonly message?: string;
}

export const HOLDS: Verdict = { kind: 'holds' };

/** Whether a run with this verdict is a counterexample. */
export function isFailure(verdict: Verdict): boolean {
  return verdict.kind !== 'holds' && verdict.kind !== 'exhausted';
}

/** `violation noOverspend`, `limit`. */
export function verdictName({ kind, invariant }: Verdict): string {
  return invariant === undefined || invariant === kind ? kind : `${kind} ${invariant}`;
}

/** Whether two failures have the same cause as far as verdicts tell: same kind, same invariant. */
export function sameFailure(a: Verdict, b: Verdict): boolean {
  return a.kind === b.kind && a.invariant === b.invariant;
}

/** How a verdict compares with what was expected of the subject. */
export type Standing = 'held' | 'caught' | 'judged' | 'unexpected' | 'inconclusive' | 'broken';

/** Kinds in which not the subject was judged but the run was out of control. */
const BROKEN: readonly VerdictKind[] = ['escape', 'divergence'];

export function standing(expect: Expectation, invariant: string | undefined, verdict: Verdict): Standing {
  if (BROKEN.includes(verdict.kind)) return expect === 'fail' && verdict.invariant === invariant ? 'caught' : 'broken';
  if (verdict.kind === 'limit' && invariant !== 'limit') return 'inconclusive';
  if (expect === 'judge') return 'judged';
  if (expect === 'hold') return isFailure(verdict) ? 'unexpected' : 'held';
  if (!isFailure(verdict)) return 'inconclusive';
  return verdict.invariant === invariant ? 'caught' : 'unexpected';
}
