import { workloadText } from './workload-text.ts';
import fc, { type Arbitrary } from 'fast-check';

/** A place in a workload: the keys that lead to it. */
type Path = readonly (string | number)[];

function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'number' && Number.isInteger(value)) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    leaves(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
}

function put(value: unknown, path: Path, leaf: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  copy[key] = put(copy[key], rest, leaf);
  return copy;
}

/** The largest array of a workload, taken as its list of operations. */
export function operationsPath(workload: unknown): Path | null {
  if (Array.isArray(workload)) return [];
  if (typeof workload !== 'object' || workload === null) return null;
  const lists = Object.entries(workload).filter(([, child]) => Array.isArray(child)) as [string, unknown[]][];
  const [first] = lists.sort((a, b) => b[1].length - a[1].length);
  return first === undefined ? null : [first[0]];
}

/** How many operations a workload has, as far as one can tell. */
export function operationsIn(workload: unknown): number {
  const path = operationsPath(workload);
  return path === null ? 0 : (at(workload, path) as unknown[]).length;
}

/** The workload without each one, and each two, of its operations. */
export function* withoutOperations(workload: unknown): Generator {
  const path = operationsPath(workload);
  if (path === null) return;
  const list = at(workload, path) as unknown[];
  for (let i = list.length - 1; i >= 0; i -= 1) yield put(workload, path, list.toSpliced(i, 1));
  for (let i = list.length - 1; i >= 0; i -= 1) {
    for (let j = i - 1; j >= 0; j -= 1) yield put(workload, path, list.toSpliced(i, 1).toSpliced(j, 1));
  }
}

/** The workload with two neighbouring operations exchanged, where that makes it smaller in text order. */
export function* sortedOperations(workload: unknown): Generator {
  const path = operationsPath(workload);
  if (path === null) return;
  const list = at(workload, path) as unknown[];
  const sorted = [...list].sort((a, b) => compare(a, b));
  if (sorted.some((item, i) => item !== list[i])) yield put(workload, path, sorted);
  for (let i = 0; i + 1 < list.length; i += 1) {
    if (compare(list[i], list[i + 1]) <= 0) continue;
    yield put(workload, path, list.with(i, list[i + 1]).with(i + 1, list[i]));
  }
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const keys = Object.keys(a);
    for (const key of keys) {
      const order = compare((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]);
      if (order !== 0) return order;
    }
    return keys.length - Object.keys(b).length;
  }
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/**
 * The workload with an amount moved from one number to a later one, largest amounts first: two numbers that only
 * matter by their sum end in one canonical pair (Hypothesis calls this pass "redistribute").
 */
export function* redistributed(workload: unknown): Generator {
  const paths = leaves(workload);
  for (let i = 0; i < paths.length; i += 1) {
    for (let j = i + 1; j < paths.length; j += 1) {
      // Only numbers that play the same part: the last key of their paths is the same.
      if (paths[i]!.at(-1) !== paths[j]!.at(-1) && typeof paths[i]!.at(-1) === 'string') continue;
      const from = at(workload, paths[i]!) as number;
      const to = at(workload, paths[j]!) as number;
      for (let amount = from; amount >= 1; amount = Math.floor(amount / 2)) {
        yield put(put(workload, paths[i]!, from - amount), paths[j]!, to + amount);
      }
    }
  }
}

/** The workload with one operation made equal to a smaller one, where fewer different ones remain. */
export function* equalised(workload: unknown): Generator {
  const path = operationsPath(workload);
  if (path === null) return;
  const list = at(workload, path) as unknown[];
  const texts = list.map((item) => workloadText(unshared(item)));
  const different = new Set(texts).size;
  for (let i = 0; i < list.length; i += 1) {
    for (let j = 0; j < list.length; j += 1) {
      if (compare(list[j], list[i]) >= 0) continue;
      if (new Set(texts.with(i, texts[j]!)).size < different) yield put(workload, path, list.with(i, list[j]));
    }
  }
}

/**
 * Where `candidate` differs from the workload in one operation: the same change made to all operations that are
 * equal to it. Names that only matter by being the same change together.
 */
export function changedTogether(workload: unknown, candidate: unknown): unknown {
  const path = operationsPath(workload);
  if (path === null || operationsIn(candidate) !== operationsIn(workload)) return null;
  const [before, after] = [at(workload, path) as unknown[], at(candidate, path) as unknown[]];
  const texts = before.map((item) => workloadText(unshared(item)));
  const changed = after.findIndex((item, i) => workloadText(unshared(item)) !== texts[i]);
  const twins = texts.filter((text) => text === texts[changed]).length;
  if (changed === -1 || twins < 2) return null;
  return put(
    workload,
    path,
    before.map((item, i) => (texts[i] === texts[changed] ? after[changed] : item)),
  );
}

/** The workload with two operations exchanged. */
export function* exchanged(workload: unknown): Generator {
  const path = operationsPath(workload);
  if (path === null) return;
  const list = at(workload, path) as unknown[];
  for (let i = 0; i < list.length; i += 1) {
    for (let j = i + 1; j < list.length; j += 1) yield put(workload, path, list.with(i, list[j]).with(j, list[i]));
  }
}

/** A copy in which nothing is shared: equal workloads then have equal texts. */
export function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, unshared(child)]));
}

/** The workload with one operation fewer, the numbers of which were added to another's: two payments become one. */
export function* merged(workload: unknown): Generator {
  const path = operationsPath(workload);
  if (path === null) return;
  const list = at(workload, path) as unknown[];
  for (let i = 0; i < list.length; i += 1) {
    for (let j = 0; j < list.length; j += 1) {
      if (i === j) continue;
      for (const leaf of leaves(list[j])) {
        const more = leaves(list[i]).some((other) => String(other) === String(leaf))
          ? (at(list[i], leaf) as number)
          : 0;
        if (more === 0) continue;
        const sum = put(list[j], leaf, (at(list[j], leaf) as number) + more);
        yield put(workload, path, list.with(j, sum).toSpliced(i, 1));
      }
    }
  }
}

/** More kinds of operation than these are no choice among constants. */
const KINDS_MAX = 32;

/** All operations that the arbitrary makes, smallest first, where these are few constants; otherwise none. */
export function operationKinds(arbitrary: Arbitrary<unknown>): readonly unknown[] {
  const kinds = new Map<string, unknown>();
  for (const workload of fc.sample(arbitrary, { numRuns: 4 * KINDS_MAX, seed: 1 })) {
    const path = operationsPath(workload);
    if (path === null) return [];
    for (const operation of at(workload, path) as unknown[]) kinds.set(workloadText(operation), operation);
    if (kinds.size > KINDS_MAX) return [];
  }
  return [...kinds.values()].sort(compare);
}

/**
 * The workload with one operation replaced by a smaller one: fast-check shrinks a constant to the first of its
 * list only.
 */
export function* replaced(kinds: readonly unknown[], workload: unknown): Generator {
  const path = operationsPath(workload);
  if (path === null) return;
  const list = at(workload, path) as unknown[];
  for (let i = 0; i < list.length; i += 1) {
    for (const kind of kinds) if (compare(kind, list[i]) < 0) yield put(workload, path, list.with(i, kind));
  }
}

/** Values that one number is lowered to at most. */
const LOWER_MAX = 24;

/**
 * The workload with one number lowered, smallest first: fast-check's own shrinks halve the distance, and stop at
 * the first value below which the next half does not fail.
 */
export function* lowered(arbitrary: Arbitrary<unknown>, workload: unknown): Generator {
  for (const leaf of leaves(workload)) {
    const value = at(workload, leaf) as number;
    const candidates: unknown[] = [];
    for (let lower = 0; lower < Math.min(value, 1000); lower += 1) {
      const candidate = put(workload, leaf, lower);
      if (belongs(arbitrary, candidate)) candidates.push(candidate);
    }
    const stride = Math.ceil(candidates.length / LOWER_MAX);
    for (let i = 0; i < candidates.length; i += stride) yield candidates[i];
  }
}

/** Whether the arbitrary could have generated `workload`; false also where it cannot tell. */
export function belongs(arbitrary: Arbitrary<unknown>, workload: unknown): boolean {
  return arbitrary.canShrinkWithoutContext(workload);
}
