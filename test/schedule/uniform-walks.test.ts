import { fc } from 'heddle';
import { describe, expect, it } from 'vitest';
import { inDueOrder } from '../../src/schedule/fair.ts';
import { drawPlan, type Plan, type Planned } from '../../src/schedule/plan.ts';
import { NO_PROFILE, PROFILED_RUNS, Profiler, withRound, type Profile } from '../../src/schedule/profile.ts';
import { randomWalk } from '../../src/schedule/random-walk.ts';
import { randomFor } from '../../src/schedule/random.ts';
import { surw, type SurwKnowledge } from '../../src/schedule/surw.ts';
import { urw } from '../../src/schedule/urw.ts';
import {
  campaignOf,
  everyRun,
  fixed,
  reads,
  runsKnowing,
  runToy,
  stepsOf,
  toys,
  unevenness,
  unknown,
  writes,
  type Step,
  type Toy,
  type ToyRun,
} from './toy.ts';

// 90 orders have 89 degrees of freedom: a uniform draw is beyond this once in a thousand.
const LIMIT_90 = 135;

const runs = 9000;

function times(count: number, step: Step): Step[] {
  return Array.from({ length: count }, () => step);
}

const orders = (all: readonly ToyRun[]): string[] => all.map(({ order }) => order);

/** What a profile says of a program without choices about what is done. */
function profileOf(toy: Toy): Profile {
  const profiler = new Profiler();
  for (const { event } of runToy(toy, inDueOrder).fired) profiler.fires(event);
  return withRound(NO_PROFILE, [{ index: 0, steps: stepsOf(toy), report: profiler.report() }]);
}

const sixEvents = { a: times(2, writes('x')), b: times(2, writes('x')), c: times(2, writes('x')) };

describe('URW', () => {
  it('takes all 90 interleavings of three tasks of two events equally often; random walk does not', () => {
    expect(new Set(orders(everyRun(sixEvents))).size).toBe(90);
    const known = runsKnowing(urw, sixEvents, runs, profileOf(sixEvents));
    expect(unevenness(orders(known), 90)).toBeLessThan(LIMIT_90);
    const walked = runsKnowing(randomWalk, sixEvents, runs, null);
    expect(unevenness(orders(walked), 90)).toBeGreaterThan(4 * LIMIT_90);
  });

  it('takes long tasks first as often as they have more orders behind them', () => {
    // 35 orders: a is first in 15 of them, that is in three of seven.
    const toy = { a: times(3, unknown), b: times(4, unknown) };
    expect(unevenness(orders(runsKnowing(urw, toy, 7000, profileOf(toy))), 35)).toBeLessThan(65.2);
  });

  it('learns the counts from its first runs', () => {
    const { knowledge } = campaignOf(urw, sixEvents, 30);
    expect(knowledge).toEqual(profileOf(sixEvents));
    const { runs: all } = campaignOf(urw, sixEvents, runs);
    expect(unevenness(orders(all.slice(100)), 90)).toBeLessThan(LIMIT_90);
  });

  it('comes to an end whatever it expects', () => {
    const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'other'), fc.nat(5));
    fc.assert(
      fc.property(
        toys({ tasks: [2, 4], steps: 4, unknowns: true, waits: true }),
        counts,
        fc.nat(),
        (toy, tasks, seed) => {
          const knowledge = { ...NO_PROFILE, tasks };
          const [run] = runsKnowing(urw, toy, 1, knowledge, String(seed));
          expect(run!.fired).toHaveLength(stepsOf(toy));
        },
      ),
      fixed,
    );
  });
});

describe('profiles', () => {
  const record = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 }));
  const report = fc.record({ tasks: record, resources: fc.dictionary(fc.constantFrom('x', 'y'), record) });
  const facts = fc.record({ index: fc.nat(), steps: fc.nat(99), report: fc.option(report, { nil: undefined }) });

  it('keep the most that any run had, in whatever rounds the runs come', () => {
    fc.assert(
      fc.property(fc.array(fc.array(facts)), (rounds) => {
        const all = rounds.flat();
        const profile = rounds.reduce<Profile>(withRound, NO_PROFILE);
        expect(profile).toEqual(withRound(NO_PROFILE, all));
        expect(profile.steps).toBe(Math.max(NO_PROFILE.steps, ...all.map(({ steps }) => steps)));
        for (const task of ['a', 'b', 'c']) {
          const most = Math.max(0, ...all.map((each) => each.report?.tasks[task] ?? 0));
          expect(profile.tasks[task] ?? 0).toBe(most);
          for (const resource of ['x', 'y']) {
            const counts = all.map((each) => each.report?.resources[resource]?.[task] ?? 0);
            expect(profile.resources[resource]?.[task] ?? 0).toBe(Math.max(0, ...counts));
          }
        }
      }),
      fixed,
    );
  });

  it('count events by task and by resource; what nobody knows, by its label without numbers', () => {
    const toy: Toy = { a: [writes('x'), reads('x'), unknown], b: [unknown, { touches: [] }] };
    expect(profileOf(toy)).toMatchObject({
      tasks: { a: 3, b: 2 },
      resources: { x: { a: 2 }, '~a.c': { a: 1 }, '~b.a': { b: 1 } },
    });
  });

  it('take names that objects have by themselves', () => {
    const toy: Toy = { constructor: [writes('toString')], toString: [writes('toString'), writes('__proto__')] };
    const { tasks, resources } = profileOf(toy);
    expect(Object.entries(tasks)).toEqual([
      ['constructor', 1],
      ['toString', 2],
    ]);
    expect(Object.entries(new Map(Object.entries(resources)).get('toString')!)).toEqual([
      ['constructor', 1],
      ['toString', 1],
    ]);
    expect(Object.keys(resources)).toContain('__proto__');
  });

  it.each([urw, surw])('are made of the first runs of $name only', (strategy) => {
    const reportOf = (index: number): object => {
      const chooser = strategy.chooser({ index, random: randomFor(index), knowledge: strategy.initial as never });
      return { tasks: null, ...(runToy(sixEvents, chooser).facts.report as object | undefined) };
    };
    expect(reportOf(PROFILED_RUNS - 1)).toMatchObject({ tasks: { a: 2, b: 2, c: 2 } });
    expect(reportOf(PROFILED_RUNS)).toMatchObject({ tasks: null });
  });
});

describe('plans', () => {
  const profile = (resources: Profile['resources']): Profile => ({ ...NO_PROFILE, resources });
  const drawn = (known: Profile, planned: Planned, count: number): Plan[] => {
    const random = randomFor('plans');
    return Array.from({ length: count }, () => drawPlan(known, planned, random)!);
  };
  const keysOf = (plans: readonly Plan[]): Planned => {
    const counts: Record<number, number> = {};
    for (const key of plans.flatMap(({ keys }) => keys)) counts[key] = (counts[key] ?? 0) + 1;
    return counts;
  };

  it('are uniform over the orders of the events on a resource', () => {
    const plans = drawn(profile({ x: { a: 2, b: 2, c: 2 } }), {}, runs);
    expect(
      unevenness(
        plans.map(({ order }) => order.join(' ')),
        90,
      ),
    ).toBeLessThan(LIMIT_90);
  });

  it('are for a resource in proportion to how often it is touched, if tasks share it', () => {
    const plans = drawn(profile({ x: { a: 3, b: 3 }, y: { a: 1, b: 1 }, own: { a: 50 } }), {}, 4000);
    const share = plans.filter(({ resource }) => resource === 'x').length / 4000;
    expect(plans.every(({ resource }) => resource !== 'own')).toBe(true);
    // Four standard deviations of a share of 4000 draws.
    expect(Math.abs(share - 3 / 4)).toBeLessThan(0.028);
  });

  it('are none where nothing is shared', () => {
    expect(drawPlan(NO_PROFILE, {}, randomFor('none'))).toBeNull();
    expect(drawPlan(profile({ x: { a: 3 }, y: { b: 1 } }), {}, randomFor('none'))).toBeNull();
  });

  it('are not made again', () => {
    const known = profile({ x: { a: 2, b: 2, c: 2 } });
    const first = drawn(known, {}, 1);
    const again = drawn(known, keysOf(first), 2000).map(({ order }) => order.join(' '));
    expect(again).not.toContain(first[0]!.order.join(' '));
  });

  it('nor are their twins, in which tasks that are alike have changed places', () => {
    // Which of s1, s2 and s3 comes when makes no difference: what counts is where the checker comes.
    const known = profile({ x: { s1: 1, s2: 1, s3: 1, checker: 1 } });
    const placeOf = ({ order }: Plan): number => order.indexOf('checker');
    const first = drawn(known, {}, 1);
    const again = drawn(known, keysOf(first), 2000).map(placeOf);
    // All eight candidates have the checker there in one draw of 65,000.
    expect(again).not.toContain(placeOf(first[0]!));
    const planned: Plan[] = [];
    for (let i = 0; i < 4; i += 1) planned.push(drawPlan(known, keysOf(planned), randomFor(i))!);
    expect(planned.map(placeOf).sort()).toEqual([0, 1, 2, 3]);
  });

  it('tell tasks apart that touch different things, whatever they are called', () => {
    const known = profile({ x: { s1: 1, s2: 1 }, y: { s1: 1 } });
    const planned = drawn(known, {}, 1);
    const again = drawn(known, keysOf(planned), 100).map(({ order }) => order.join(' '));
    expect(new Set(again)).toEqual(new Set([[...planned[0]!.order].reverse().join(' ')]));
  });

  it('that were all made are made again, the rarest first', () => {
    const known = profile({ x: { a: 1, b: 1 } });
    const made = drawn(known, {}, 51);
    const [ab, ba] = ['a b', 'b a'].map((order) => made.filter((plan) => plan.order.join(' ') === order).length);
    const again = drawn(known, keysOf(made), 50).map(({ order }) => order.join(' '));
    // All eight candidates are the other one in one draw of 256.
    expect(again.filter((order) => order === (ab! < ba! ? 'a b' : 'b a')).length).toBeGreaterThan(47);
  });
});

describe('SURW', () => {
  const onX = ({ fired }: ToyRun): string =>
    fired
      .filter(({ event }) => event.touches?.some(({ resource }) => resource === 'x') === true)
      .map(({ task }) => task)
      .join(' ');
  /** Three tasks with two events each on x, among others of their own that make random walks uneven. */
  const toy: Toy = {
    a: [writes('x'), writes('of a'), writes('of a'), writes('x')],
    b: [writes('of b'), writes('of b'), writes('of b'), writes('x'), reads('x')],
    c: [writes('x'), writes('x'), writes('of c')],
  };
  const knowing = (profile: Profile): SurwKnowledge => ({ profile, planned: {} });

  it('takes all orders of the events on the selected resource equally often; random walk and URW do not', () => {
    const profile = profileOf(toy);
    const half = runs / 2;
    expect(unevenness(runsKnowing(surw, toy, half, knowing(profile)).map(onX), 90)).toBeLessThan(LIMIT_90);
    expect(unevenness(runsKnowing(randomWalk, toy, half, null).map(onX), 90)).toBeGreaterThan(2 * LIMIT_90);
    expect(unevenness(runsKnowing(urw, toy, half, profile).map(onX), 90)).toBeGreaterThan(2 * LIMIT_90);
  });

  it('follows its plan where nothing blocks', () => {
    const profile = profileOf(toy);
    const random = randomFor('all plans');
    const plans = new Map<number, string>();
    for (let i = 0; i < 3000; i += 1) {
      const { keys, order } = drawPlan(profile, {}, random)!;
      plans.set(keys[0], order.join(' '));
    }
    expect(plans.size).toBe(90);
    for (const run of runsKnowing(surw, toy, 300, knowing(profile))) {
      const { keys } = run.facts.report as { readonly keys: Plan['keys'] };
      expect(onX(run)).toBe(plans.get(keys[0]));
    }
  });

  it('goes through all orders before it repeats many', () => {
    const seen = new Set(campaignOf(surw, sixEvents, 150).runs.map(({ order }) => order));
    // Uniform draws would show 73 of the 90.
    expect(seen.size).toBeGreaterThan(82);
  });

  it('holds nothing back for ever, whatever it expects', () => {
    const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'other'), fc.integer({ min: 1, max: 5 }));
    const resources = fc.dictionary(fc.constantFrom('x', 'y', '~a.a'), counts);
    fc.assert(
      fc.property(
        toys({ tasks: [2, 4], steps: 4, unknowns: true, waits: true }),
        resources,
        fc.nat(),
        (program, expected, seed) => {
          const knowledge = knowing({ ...NO_PROFILE, resources: expected });
          for (const run of runsKnowing(surw, program, 5, knowledge, String(seed))) {
            expect(run.fired).toHaveLength(stepsOf(program));
          }
        },
      ),
      { ...fixed, numRuns: 300 },
    );
  });
});
