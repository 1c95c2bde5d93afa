import { INITIAL, pairKey, type Covered } from './coverage.ts';
import type { Random } from './random.ts';

/** A pair to be brought about: `site` is to find what `source` wrote to `resource`. */
export interface Target {
  readonly key: string;
  readonly site: string;
  readonly source: string;
  readonly resource: string;
}

/** How often runs were made in order to bring a pair about, by its key. */
export type Tried = Readonly<Record<string, number>>;

/** Runs with one target, and with up to two; the others have none. */
const ONE = 0.65;
const TWO = 0.9;

/** How much less a pair counts that was seen before. */
const SEEN = 0.05;

/** What a run is to bring about: mostly a pair that was never seen, sometimes two of any. */
export function drawTargets(covered: Covered, tried: Tried, random: Random): readonly Target[] {
  const draw = random.next();
  if (draw >= TWO) return [];
  const targets = targetsOf(covered);
  if (targets.length === 0) return [];
  if (draw < ONE) {
    const weight = ({ key }: Target): number => (key in covered.pairs ? SEEN : 1) / (1 + (tried[key] ?? 0)) ** 2;
    return [pick(targets, weight, random)];
  }
  const weight = ({ key }: Target): number => 1 / (1 + (tried[key] ?? 0));
  const first = pick(targets, weight, random);
  const second = pick(targets, weight, random);
  return first.site === second.site ? [first] : [first, second];
}

function pick(targets: readonly Target[], weight: (target: Target) => number, random: Random): Target {
  let at = random.next() * targets.reduce((sum, target) => sum + weight(target), 0);
  for (const target of targets) {
    at -= weight(target);
    if (at < 0) return target;
  }
  return targets.at(-1)!;
}

/** All pairs that the sites seen so far could make, whether they are possible or not. */
function targetsOf({ sites }: Covered): Target[] {
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
        targets.push({ key: pairKey(site, source, resource), site, source, resource });
      }
    }
  }
  return targets;
}
