import type { Profile } from './profile.ts';
import type { Random } from './random.ts';

/** The order in which tasks are to touch one resource. */
export interface Plan {
  readonly resource: string;
  /** Names of tasks, one for each of their events on the resource. */
  readonly order: readonly string[];
  /** The order itself, and the order of kinds of tasks, each as a number: how plans are recognised. */
  readonly keys: readonly [exact: number, kind: number];
}

/** How often each key was planned. */
export type Planned = Readonly<Record<number, number>>;

/** Of so many plans the one is taken that was least often made before. */
const CANDIDATES = 8;

/**
 * A resource that two or more tasks touch, in proportion to how often they do, and an order of these events, each as
 * likely as any other; orders that were planned before are avoided. Null as long as no resource is known that tasks share.
 */
export function drawPlan(profile: Profile, planned: Planned, random: Random): Plan | null {
  const shared = Object.entries(profile.resources)
    .filter(([, counts]) => Object.keys(counts).length > 1)
    .map(([resource, counts]) => ({ resource, counts, size: sum(Object.values(counts)) }));
  if (shared.length === 0) return null;
  const kindOf = kinds(profile);
  let best: Plan | null = null;
  let least = Infinity;
  for (let i = 0; i < CANDIDATES && least > 0; i += 1) {
    const { resource, counts } = weighted(shared, ({ size }) => size, random);
    const order = shuffled(counts, random);
    const keys = [key(resource, order), key(resource, order.map(kindOf))] as const;
    const times = (planned[keys[1]] ?? 0) + (planned[keys[0]] ?? 0) / 1024;
    if (times >= least) continue;
    least = times;
    best = { resource, order, keys };
  }
  return best;
}

/** Tasks are of one kind when their names differ in numbers only and they touch everything equally often. */
function kinds(profile: Profile): (task: string) => string {
  const known = new Map<string, string>();
  return (task) => {
    let kind = known.get(task);
    if (kind === undefined) {
      const counts = Object.values(profile.resources).map((each) => (Object.hasOwn(each, task) ? each[task]! : 0));
      kind = `${task.replace(/\d+/g, '#')} ${counts.join()}`;
      known.set(task, kind);
    }
    return kind;
  };
}

function shuffled(counts: Readonly<Record<string, number>>, random: Random): string[] {
  const order = Object.entries(counts).flatMap(([task, count]) => Array.from({ length: count }, () => task));
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** FNV-1a. */
function key(resource: string, order: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const text of [resource, ...order]) {
    for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0xff, 0x01000193);
  }
  return hash >>> 0;
}

function weighted<T>(items: readonly T[], weight: (item: T) => number, random: Random): T {
  let at = random.next() * sum(items.map(weight));
  for (const item of items) {
    at -= weight(item);
    if (at < 0) return item;
  }
  return items.at(-1)!;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
