import { comboKey, INITIAL, pairKey, type Covered, type Pair } from './coverage.ts';
import type { Random } from './random.ts';

/** What a run is made for: pairs to be brought about, one or two of one task. */
export interface Target {
  readonly key: string;
  readonly pairs: readonly Pair[];
  /** How much it counts, before it was tried. */
  readonly weight: number;
}

/** How often runs were made for a target, by its key. */
export type Tried = Readonly<Record<string, number>>;

/** Runs that are made for nothing in particular. */
const IDLE = 0.1;

/** A pair that was never seen, one that was, and two seen ones that were never seen together. */
const WEIGHTS = { fresh: 1, seen: 0.05, combo: 1 } as const;

/** Targets of what is known: the same for all runs of a round. */
const cache = new WeakMap<Covered, readonly Target[]>();

/** What a run is to bring about: mostly what was never seen, and what was tried least often. */
export function drawTarget(covered: Covered, tried: Tried, random: Random): Target | null {
  if (random.next() < IDLE) return null;
  let targets = cache.get(covered);
  if (targets === undefined) {
    targets = [...single(covered), ...combined(covered)];
    cache.set(covered, targets);
  }
  const weights = targets.map(({ key, weight }) => weight / (1 + (tried[key] ?? 0)) ** 2);
  let at = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < targets.length; i += 1) {
    at -= weights[i]!;
    if (at < 0) return targets[i]!;
  }
  return targets.at(-1) ?? null;
}

/** All pairs that the sites seen so far could make, whether they are possible or not. */
function single({ sites, pairs }: Covered): Target[] {
  const writers = new Map<string, string[]>();
  for (const [name, { writes }] of Object.entries(sites)) {
    for (const resource of writes) {
      const names = writers.get(resource);
      if (names === undefined) writers.set(resource, [name]);
      else names.push(name);
    }
  }
  const targets: Target[] = [];
  for (const [site, { reads, writes }] of Object.entries(sites)) {
    for (const resource of [...reads, ...writes]) {
      for (const source of [INITIAL, ...(writers.get(resource) ?? [])]) {
        const pair = { site, source, resource };
        const key = pairKey(pair);
        targets.push({ key, pairs: [pair], weight: key in pairs ? WEIGHTS.seen : WEIGHTS.fresh });
      }
    }
  }
  return targets;
}

/** Two accesses that were seen one soon after the other, each with a source it was seen with, but not with both at once. */
function combined({ pairs, combos }: Covered): Target[] {
  const bySite = new Map<string, Pair[]>();
  for (const pair of Object.values(pairs)) {
    const access = accessOf(pair);
    const list = bySite.get(access);
    if (list === undefined) bySite.set(access, [pair]);
    else list.push(pair);
  }
  const successive = new Map<string, readonly [Pair[], Pair[]]>();
  for (const combo of Object.keys(combos)) {
    const [first, second] = combo.split(', ').map((key) => pairs[key]);
    if (first === undefined || second === undefined) continue;
    const [a, b] = [accessOf(first), accessOf(second)];
    successive.set(`${a}, ${b}`, [bySite.get(a)!, bySite.get(b)!]);
  }
  const targets: Target[] = [];
  for (const [firsts, seconds] of successive.values()) {
    for (const first of firsts) {
      for (const second of seconds) {
        const key = comboKey(pairKey(first), pairKey(second));
        if (!(key in combos)) targets.push({ key, pairs: [first, second], weight: WEIGHTS.combo });
      }
    }
  }
  return targets;
}

function accessOf({ site, resource }: Pair): string {
  return `${site} on ${resource}`;
}
