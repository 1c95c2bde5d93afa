import type { HappensBefore } from './happens-before.ts';
import type { Turn } from './turn-log.ts';

/** So many sets of turns that can have fired are looked at, for one run. */
const SETS_MAX = 20_000;

/**
 * In how many orders the turns can come such that those that depend on each other keep theirs: how many schedules the
 * run stands for. Null: too many to count.
 */
export function linearExtensions(turns: readonly Turn[], order: HappensBefore): bigint | null {
  let product = 1n;
  let from = 0;
  // A turn that touches anything comes after all before it and before all after it.
  for (let to = 0; to <= turns.length; to += 1) {
    if (to < turns.length && turns[to]!.touches !== null) continue;
    const ways = to - from < 2 ? 1n : extensionsOf(from, to, order);
    if (ways === null) return null;
    product *= ways;
    from = to + 1;
  }
  return product;
}

/** A turn as it stands in its chain: how far each chain must have come before it. */
type Needs = readonly number[];

/**
 * Dynamic programming over the sets of turns that are closed towards the past, by size. The turns are laid out in
 * chains, each in order, so that such a set is told by how far it has come in each.
 */
function extensionsOf(from: number, to: number, order: HappensBefore): bigint | null {
  const chains = chained(from, to, order);
  const steps = radices(chains);
  if (steps === null) return null;
  let ways = new Map<number, bigint>([[0, 1n]]);
  let looked = 0;
  const at = chains.map(() => 0);
  for (let fired = from; fired < to; fired += 1) {
    const next = new Map<number, bigint>();
    for (const [set, count] of ways) {
      chains.forEach((chain, c) => {
        at[c] = Math.floor(set / steps[c]!) % (chain.length + 1);
      });
      for (let c = 0; c < chains.length; c += 1) {
        const needs = chains[c]![at[c]!];
        if (needs === undefined || !needs.every((need, other) => at[other]! >= need)) continue;
        const grown = set + steps[c]!;
        next.set(grown, (next.get(grown) ?? 0n) + count);
      }
    }
    ways = next;
    looked += next.size;
    if (looked > SETS_MAX) return null;
  }
  return [...ways.values()][0]!;
}

function chained(from: number, to: number, order: HappensBefore): Needs[][] {
  const chains: number[][] = [];
  for (let j = from; j < to; j += 1) {
    const chain = chains.find((each) => order.before(each.at(-1)!, j));
    if (chain === undefined) chains.push([j]);
    else chain.push(j);
  }
  const needsOf = (j: number): Needs =>
    chains.map((chain) => chain.reduce((need, i, place) => (i < j && order.before(i, j) ? place + 1 : need), 0));
  return chains.map((chain) => chain.map(needsOf));
}

/** What one more turn of each chain adds to the number of a set; null: the numbers would be too large. */
function radices(chains: readonly (readonly Needs[])[]): number[] | null {
  const steps: number[] = [];
  let step = 1;
  for (const { length } of chains) {
    steps.push(step);
    step *= length + 1;
  }
  return step <= Number.MAX_SAFE_INTEGER ? steps : null;
}
