import { fc } from 'heddle';
import { describe, expect, it } from 'vitest';
import { FaultPlan, withFaults, type FaultNews, type FaultPlaces } from '../../src/schedule/fault-plan.ts';
import { randomFor } from '../../src/schedule/random.ts';

interface Planned {
  readonly news: FaultNews;
  /** By place, in the order in which they came: what struck, or null where that is left to chance. */
  readonly answers: readonly (number | null)[];
}

const KINDS = ['crash', 'stall'];

/** A run that comes to these places. */
function planned(known: FaultPlaces, places: readonly string[], seed: string | number): Planned {
  const plan = new FaultPlan(known, randomFor('faults', seed));
  const answers = places.map((key) => plan.fault({ key, kind: kindOf(key), options: ['one', 'two', 'three'] }));
  return { news: plan.report(), answers };
}

function kindOf(key: string): string {
  return key.split(' ')[0]!;
}

/** What a place is called: numbers do not count, but how often it came does. */
function namesOf(places: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return places.map((key) => {
    const stem = key.replace(/\d+/g, '#');
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
    return `${stem} ${String(Math.min(16, counts.get(stem)!))}`;
  });
}

const place = fc
  .tuple(fc.constantFrom(...KINDS), fc.constantFrom('before save', 'after c1/send', 'after c2/send'))
  .map((parts) => parts.join(' '));
const places = fc.array(place, { maxLength: 40 });

describe('aimed faults', () => {
  it('strike exactly where they are aimed at, in one or two places; other runs leave all to chance', () => {
    fc.assert(
      fc.property(places, places, fc.nat(), (earlier, now, seed) => {
        const known = withFaults({}, [planned({}, earlier, 0).news]);
        const { news, answers } = planned(known, now, seed);
        const aimed = news.aimed.map(([, name]) => name);
        expect(aimed.length).toBeLessThanOrEqual(2);
        namesOf(now).forEach((name, i) => {
          const answer = answers[i]!;
          if (aimed.length === 0) expect(answer).toBeNull();
          else if (aimed.includes(name)) expect([1, 2, 3]).toContain(answer);
          else expect(answer).toBe(0);
        });
        for (const [kind, name] of news.aimed) expect(Object.keys(known[kind]!)).toContain(name);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('learn the places that runs come to, and count what runs were made for', () => {
    fc.assert(
      fc.property(fc.array(places, { maxLength: 5 }), (runs) => {
        let known: FaultPlaces = {};
        const aims = new Map<string, number>();
        runs.forEach((each, i) => {
          const { news } = planned(known, each, i);
          for (const [, name] of news.aimed) aims.set(name, (aims.get(name) ?? 0) + 1);
          known = withFaults(JSON.parse(JSON.stringify(known)) as FaultPlaces, [structuredClone(news)]);
        });
        const names = new Set(runs.flatMap(namesOf));
        const counts = new Map(Object.values(known).flatMap((each) => Object.entries(each)));
        expect(new Set(counts.keys())).toEqual(names);
        for (const [name, count] of counts) expect(count).toBe(aims.get(name) ?? 0);
      }),
      { seed: 7 },
    );
  });

  it('are aimed at places not tried yet first', () => {
    const known = { crash: { 'crash a 1': 9, 'crash b 1': 9, 'crash c 1': 0 }, stall: { 'stall a 1': 9 } };
    const aims = Array.from({ length: 500 }, (_, i) => planned(known, [], i).news.aimed[0]?.[1]).filter(
      (name) => name !== undefined,
    );
    // The weights are 1/300, 1/300, 1/3 and 1/100.
    expect(aims.filter((name) => name === 'crash c 1').length / aims.length).toBeGreaterThan(0.9);
  });

  it('are aimed at a kind with one place as often as at one with many', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`crash after x ${String(i)}`, 0]));
    const known = { crash: many, stall: { 'stall a 1': 0 } };
    const aims = Array.from({ length: 2000 }, (_, i) => planned(known, [], i).news.aimed[0]?.[0]);
    const stalls = aims.filter((kind) => kind === 'stall').length;
    const crashes = aims.filter((kind) => kind === 'crash').length;
    expect(stalls / crashes).toBeGreaterThan(0.85);
    expect(stalls / crashes).toBeLessThan(1.15);
  });

  it('are aimed at one kind, also where another may strike in a place of that name', () => {
    const known = { crash: { 'here 1': 0 }, stall: { 'here 1': 0 } };
    const answers = (kind: string): number[] =>
      Array.from({ length: 100 }, (_, i) => {
        const plan = new FaultPlan(known, randomFor('kinds', i));
        const answer = plan.fault({ key: 'here', kind, options: ['one'] });
        const { aimed } = plan.report();
        expect(answer).toBe(aimed.length === 0 ? null : Number(aimed.some((target) => target[0] === kind)));
        return answer ?? -1;
      });
    expect(new Set([...answers('crash'), ...answers('stall')])).toEqual(new Set([-1, 0, 1]));
  });

  it('give way to chance where everything was tried often', () => {
    const share = (times: number): number => {
      const runs = Array.from({ length: 1000 }, (_, i) => planned({ crash: { 'crash a 1': times } }, [], i));
      return runs.filter(({ news }) => news.aimed.length > 0).length / 1000;
    };
    expect(share(0)).toBeGreaterThan(0.45);
    expect(share(0)).toBeLessThan(0.55);
    expect(share(3)).toBeLessThan(0.06);
    expect(share(50)).toBeLessThan(0.01);
  });

  it.each([1, 2, 3, 4, 5])('strike in all thirty places of a run within 150 runs, seed %i', (seed) => {
    const all = Array.from({ length: 30 }, (_, i) => `${KINDS[i % 2]!} after step ${'abcdefghij'[i % 10]!}`);
    let known: FaultPlaces = {};
    const struck = new Set<string>();
    for (let run = 0; run < 150; run += 1) {
      const { news, answers } = planned(known, all, `${String(seed)} ${String(run)}`);
      namesOf(all).forEach((name, i) => {
        if ((answers[i] ?? 0) > 0) struck.add(name);
      });
      known = withFaults(known, [news]);
    }
    expect(struck).toEqual(new Set(namesOf(all)));
  });

  it('tell sixteen occurrences of one place apart, and keep two hundred places of a kind', () => {
    const often = planned(
      {},
      Array.from({ length: 40 }, () => 'crash here'),
      0,
    );
    expect(new Set(often.news.places.map(([, name]) => name)).size).toBe(16);
    const many = Array.from({ length: 500 }, (_, i) => ['crash', `crash at ${'x'.repeat(i)} 1`] as const);
    const known = withFaults({}, [{ places: many, aimed: [] }]);
    expect(Object.keys(known['crash']!)).toHaveLength(200);
  });
});
