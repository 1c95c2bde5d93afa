import { fc } from 'heddle';
import { describe, expect, it } from 'vitest';
import {
  Coverage,
  covering,
  INITIAL,
  NOTHING_COVERED,
  pairKey,
  type Covered,
  type Pair,
} from '../../src/schedule/coverage.ts';
import { randomWalk } from '../../src/schedule/random-walk.ts';
import { readsFrom, type ReadsFromKnowledge } from '../../src/schedule/reads-from.ts';
import {
  campaignOf,
  everyRun,
  fixed,
  reads,
  runsKnowing,
  stepsOf,
  toys,
  unknown,
  writes,
  type Toy,
  type ToyRun,
} from './toy.ts';

interface Seen {
  readonly pairs: string[];
  readonly combos: string[];
}

/** What a run shows, from the order of its accesses alone. */
function seenIn({ fired }: ToyRun): Seen {
  const last = new Map<string, string>();
  const counts = new Map<string, number>();
  const byTask = new Map<string, string[]>();
  const seen: Seen = { pairs: [], combos: [] };
  for (const { task, event } of fired) {
    const touch = event.touches?.[0];
    const what = touch === undefined ? event.label : `${touch.writes ? 'w' : 'r'} ${touch.resource}`;
    const nth = Math.min(4, (counts.get(task + what) ?? 0) + 1);
    counts.set(task + what, nth);
    const site = `${task} ${what} ${String(nth)}`;
    const resource = touch?.resource ?? '?';
    const pair = `${site} <- ${last.get(resource) ?? '-'} on ${resource}`;
    seen.pairs.push(pair);
    if (touch?.writes !== false) last.set(resource, site);
    if (touch === undefined) continue;
    const own = byTask.get(task) ?? [];
    for (const before of own.slice(-2)) seen.combos.push(`${before}, ${pair}`);
    byTask.set(task, [...own, pair]);
  }
  return seen;
}

const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort();

/** Everything that the schedules of a program can show. */
function coveredByAll(toy: Toy): Covered {
  let covered = NOTHING_COVERED;
  for (const { fired } of everyRun(toy)) {
    const coverage = new Coverage();
    for (const { event } of fired) coverage.fires(event);
    covered = covering(covered, [coverage.report(covered)]);
  }
  return covered;
}

/** All pairs that one may think of. */
function thinkable({ sites }: Covered): Pair[] {
  return Object.entries(sites).flatMap(([site, access]) =>
    [...access.reads, ...access.writes].flatMap((resource) => {
      const writers = Object.keys(sites).filter((name) => sites[name]!.writes.includes(resource));
      return [INITIAL, ...writers].map((source) => ({ site, source, resource }));
    }),
  );
}

/** Knows all, but for one pair that was never seen; has tried all others so often that it is the one to try. */
function lacking(covered: Covered, pair: Pair): ReadsFromKnowledge {
  const key = pairKey(pair);
  const pairs = Object.fromEntries(Object.entries(covered.pairs).filter(([each]) => each !== key));
  const tried = Object.fromEntries(thinkable(covered).map((each) => [pairKey(each), pairKey(each) === key ? 0 : 1e6]));
  return { covered: { ...covered, pairs, combos: {} }, tried };
}

/** Runs that were made for the pair: most of them are. */
function runsFor(toy: Toy, covered: Covered, pair: Pair, runs: number): ToyRun[] {
  const all = runsKnowing(readsFrom, toy, runs, lacking(covered, pair));
  return all.filter(({ facts }) => (facts.report as { readonly tried?: string }).tried === pairKey(pair));
}

/** Whether the task of the access wrote the resource itself before: then the source may come too early. */
function writesBefore(toy: Toy, { site, source, resource }: Pair): boolean {
  if (source === INITIAL) return false;
  const [task, kind, , nth] = site.split(' ') as [string, string, string, string];
  let left = Number(nth);
  for (const { touches } of toy[task]!) {
    const touch = touches![0]!;
    if (touch.resource !== resource) continue;
    if (touch.writes === (kind === 'w')) left -= 1;
    if (left === 0) return false;
    if (touch.writes && !source.startsWith(`${task} `)) return true;
  }
  return false;
}

describe('coverage', () => {
  it('is which write each access found, and which of these came together in a task', () => {
    fc.assert(
      fc.property(toys({ tasks: [2, 4], steps: 6, unknowns: true }), (toy) => {
        const { runs, knowledge } = campaignOf(readsFrom, toy, 12);
        const seen = runs.map(seenIn);
        expect(sorted(Object.keys(knowledge.covered.pairs))).toEqual(sorted(seen.flatMap(({ pairs }) => pairs)));
        expect(sorted(Object.keys(knowledge.covered.combos))).toEqual(sorted(seen.flatMap(({ combos }) => combos)));
      }),
      fixed,
    );
  });

  it('takes tasks that differ in numbers only for one', () => {
    const { pairs } = coveredByAll({ w1: [writes('x')], w2: [writes('x')] });
    expect(Object.keys(pairs)).toEqual(['w# w x 1 <- - on x', 'w# w x 1 <- w# w x 1 on x']);
  });

  it('reports of a run what is new only, and keeps what it had', () => {
    const toy: Toy = { a: [writes('x')], b: [reads('x')] };
    const covered = coveredByAll(toy);
    const coverage = new Coverage();
    for (const { event } of everyRun(toy)[0]!.fired) coverage.fires(event);
    expect(coverage.report(covered)).toEqual({ sites: {}, pairs: [], combos: [] });
    const gains: number[] = [];
    const again = covering(covered, [coverage.report(NOTHING_COVERED)], (_at, gain) => gains.push(gain));
    expect(again).toEqual(covered);
    expect(gains).toEqual([0]);
  });
});

describe('reads-from feedback', () => {
  it('brings about what it is after, in programs of two tasks always', () => {
    fc.assert(
      fc.property(toys({ tasks: [2, 2], steps: 4 }), (toy) => {
        const covered = coveredByAll(toy);
        for (const pair of Object.values(covered.pairs)) {
          if (writesBefore(toy, pair)) continue;
          for (const run of runsFor(toy, covered, pair, 4)) expect(seenIn(run).pairs).toContain(pairKey(pair));
        }
      }),
      { ...fixed, numRuns: 25 },
    );
  });

  it('brings about what it is after, in programs of three tasks nearly always', () => {
    const came = { hits: 0, runs: 0 };
    fc.assert(
      fc.property(toys({ tasks: [3, 3], steps: 2 }), (toy) => {
        const covered = coveredByAll(toy);
        for (const pair of Object.values(covered.pairs)) {
          for (const run of runsFor(toy, covered, pair, 4)) {
            came.runs += 1;
            if (seenIn(run).pairs.includes(pairKey(pair))) came.hits += 1;
          }
        }
      }),
      { ...fixed, numRuns: 25 },
    );
    expect(came.runs).toBeGreaterThan(500);
    expect(came.hits / came.runs).toBeGreaterThan(0.9);
  });

  it('gives up what is impossible: every run comes to its end', () => {
    fc.assert(
      fc.property(toys({ tasks: [2, 3], steps: 3, unknowns: true, waits: true }), (toy) => {
        const covered = coveredByAll(toy);
        for (const pair of thinkable(covered)) {
          for (const run of runsKnowing(readsFrom, toy, 2, lacking(covered, pair))) {
            expect(run.fired).toHaveLength(stepsOf(toy));
          }
        }
      }),
      { ...fixed, numRuns: 40 },
    );
  });

  it('shows all pairs that there are soon, also rare ones', () => {
    const many = Array.from({ length: 12 }, () => reads('y'));
    // Only if b comes before the first and after the last of a does c find its second write to come from b.
    const toy: Toy = { a: [...many, writes('x'), ...many], b: [writes('x')], c: [reads('x'), reads('x')] };
    const { knowledge } = campaignOf(readsFrom, toy, 60);
    const onX = Object.keys(knowledge.covered.pairs).filter((key) => key.endsWith(' on x'));
    expect(sorted(onX)).toEqual(
      sorted(
        [
          ...['a w x 1 <- -', 'a w x 1 <- b w x 1', 'b w x 1 <- -', 'b w x 1 <- a w x 1'],
          ...['c r x 1 <- -', 'c r x 1 <- a w x 1', 'c r x 1 <- b w x 1'],
          ...['c r x 2 <- -', 'c r x 2 <- a w x 1', 'c r x 2 <- b w x 1'],
        ].map((key) => `${key} on x`),
      ),
    );
  });

  it('brings about hand-offs that it is after far more often than chance does', () => {
    const toy: Toy = { a: [unknown, unknown, unknown], b: [unknown, unknown, unknown] };
    const covered = coveredByAll(toy);
    const came = { aimed: 0, walked: 0, runs: 0 };
    const walks = runsKnowing(randomWalk, toy, 200, null).map((run) => seenIn(run).pairs);
    for (const pair of Object.values(covered.pairs)) {
      const key = pairKey(pair);
      for (const run of runsFor(toy, covered, pair, 40)) {
        came.runs += 1;
        if (seenIn(run).pairs.includes(key)) came.aimed += 1;
        came.walked += walks.filter((pairs) => pairs.includes(key)).length / walks.length;
      }
    }
    expect(came.aimed / came.runs).toBeGreaterThan(2.5 * (came.walked / came.runs));
  });

  it('where nobody knows what events touch, goes for hand-offs', () => {
    const toy: Toy = { a: [unknown, unknown], b: [unknown, unknown] };
    const { knowledge } = campaignOf(readsFrom, toy, 60);
    const possible = sorted(everyRun(toy).flatMap((run) => seenIn(run).pairs));
    expect(sorted(Object.keys(knowledge.covered.pairs))).toEqual(possible);
  });
});
