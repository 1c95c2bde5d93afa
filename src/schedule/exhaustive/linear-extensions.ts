import type { HappensBefore } from './happens-before.ts';
import type { Turn } from './turn-log.ts';

/** So many sets of turns that can have fired are looked at, for one run. */
const SETS_MAX = 200_000;

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

/** Dynamic programming over the sets that are closed towards the past, by size. */
function extensionsOf(from: number, to: number, order: HappensBefore): bigint | null {
  const size = to - from;
  const needs: bigint[] = [];
  for (let j = from; j < to; j += 1) {
    let need = 0n;
    for (let i = from; i < j; i += 1) if (order.before(i, j)) need |= 1n << BigInt(i - from);
    needs.push(need);
  }
  let ways = new Map<bigint, bigint>([[0n, 1n]]);
  let sets = 0;
  for (let fired = 0; fired < size; fired += 1) {
    const next = new Map<bigint, bigint>();
    for (const [set, count] of ways) {
      for (let j = 0; j < size; j += 1) {
        const one = 1n << BigInt(j);
        if ((set & one) !== 0n || (needs[j]! & ~set) !== 0n) continue;
        const grown = set | one;
        next.set(grown, (next.get(grown) ?? 0n) + count);
      }
    }
    ways = next;
    sets += next.size;
    if (sets > SETS_MAX) return null;
  }
  return [...ways.values()][0]!;
}
