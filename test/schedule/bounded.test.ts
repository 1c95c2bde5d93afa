import { fc, hold, scenario } from 'heddle';
import { describe, expect, it } from 'vitest';
import { contextBounded } from '../../src/schedule/context-bounded.ts';
import { delayBounded } from '../../src/schedule/delay-bounded.ts';
import { erased, hunted } from '../fixtures/runs.ts';
import { campaignOf, everyRun, fixed, throughJson, toys, unknown, type Toy, type ToyRun } from './toy.ts';

/** How many enabled events were passed by, by all choices together. */
const delays = ({ chosen }: ToyRun): number => chosen.reduce((sum, { among, task }) => sum + among.indexOf(task), 0);

/** How often a task was left that could have gone on. */
const preemptions = ({ chosen }: ToyRun): number =>
  chosen.filter(({ among, task, last }) => last !== null && last !== task && among.includes(last)).length;

const searches = [
  { name: 'delay-bounded', strategy: delayBounded, cost: delays },
  { name: 'context-bounded', strategy: contextBounded, cost: preemptions },
];

const programs = toys({ tasks: [2, 3], steps: 3, unknowns: true, waits: true });

describe.each(searches)('$name', ({ strategy, cost }) => {
  it('runs all schedules there are, each once, the cheap ones first, and then ends', () => {
    fc.assert(
      fc.property(programs, (toy) => {
        const { runs } = campaignOf(strategy, toy, Infinity);
        const orders = runs.map(({ order }) => order);
        expect(new Set(orders).size).toBe(orders.length);
        expect([...orders].sort()).toEqual(
          everyRun(toy)
            .map(({ order }) => order)
            .sort(),
        );
        const costs = runs.map(cost);
        expect(costs).toEqual([...costs].sort((a, b) => a - b));
      }),
      { ...fixed, numRuns: 30 },
    );
  });

  it('finds a failure that costs as little as any', () => {
    fc.assert(
      fc.property(programs, fc.integer({ min: 2, max: 40 }), fc.nat(), (toy, every, from) => {
        const failing = everyRun(toy).filter((_run, i) => (i + from) % every === 0);
        fc.pre(failing.length > 0);
        const wrong = new Set(failing.map(({ order }) => order));
        const { runs } = campaignOf(strategy, toy, Infinity);
        expect(cost(runs.find(({ order }) => wrong.has(order))!)).toBe(Math.min(...failing.map(cost)));
      }),
      { ...fixed, numRuns: 30 },
    );
  });

  it('stops where it is told to, and goes on from what it knows', () => {
    const toy: Toy = { a: [unknown, unknown], b: [unknown, unknown], c: [unknown, unknown] };
    const all = campaignOf(strategy, toy, Infinity).runs.map(({ order }) => order);
    expect(all).toHaveLength(90);
    expect(campaignOf(strategy, toy, 40).runs.map(({ order }) => order)).toEqual(all.slice(0, 40));
    expect(campaignOf(strategy, toy, 90, { carry: throughJson }).runs.map(({ order }) => order)).toEqual(all);
  });

  it('runs as many schedules of a real program as plain enumeration, of all its workloads', async () => {
    const program = scenario<null, number>({
      name: 'program/bounded',
      subjects: { it: hold(() => null) },
      every: [1, 2],
      body: async ({ sim, workload }) => {
        await sim.clients([1, workload], async (steps) => {
          for (let i = 0; i < steps; i += 1) await sim.io('step');
        });
      },
    });
    const made = (name: string): Promise<{ runs: number }> =>
      hunted({ scenario: erased(program), subject: 'it', strategy: name, runs: 1000 });
    const { runs } = await made(strategy.name);
    expect(runs).toBe((await made('enumerate')).runs);
    // Two clients of two and two turns have 6 orders, of two and three 10.
    expect(runs).toBe(16);
  });
});

describe('what a schedule costs', () => {
  it('differs: three tasks one after the other need no preemption, but delays', () => {
    const toy: Toy = { a: [unknown, unknown], b: [unknown, unknown], c: [unknown, unknown] };
    const place = (strategy: typeof delayBounded, order: string): number =>
      campaignOf(strategy, toy, 90).runs.findIndex((run) => run.order === order);
    expect(place(contextBounded, 'c c b b a a')).toBeLessThan(6);
    expect(place(delayBounded, 'c c b b a a')).toBeGreaterThan(60);
    // One event that is passed by once, and every turn another task.
    expect(place(delayBounded, 'b a c b a c')).toBeLessThan(10);
    expect(place(contextBounded, 'b a c b a c')).toBeGreaterThan(60);
  });
});
