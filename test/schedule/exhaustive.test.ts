import { always, fc, hold, judge, scenario, type Sim } from 'heddle';
import { describe, expect, it } from 'vitest';
import { erased, hunted } from '../fixtures/runs.ts';

const runs = 20_000;

interface Order {
  text: string;
}

type Body = (sim: Sim, order: Order) => Promise<void>;

/** Runs the body once in each of its schedules; the orders that it wrote down, in the order of the runs. */
async function search(body: Body, bound = runs): Promise<{ orders: string[]; exhausted: boolean; failed: boolean }> {
  const orders: string[] = [];
  const program = scenario<Order, number>({
    name: 'program/all',
    subjects: { it: judge(() => ({ text: '' })) },
    every: [0],
    body: async ({ sim, subject }) => {
      await body(sim, subject);
      orders.push(subject.text);
    },
    invariants: [always<Order>('never', ({ subject }) => !subject.text.includes('!'))],
  });
  const { exhausted, failure } = await hunted({
    scenario: erased(program),
    subject: 'it',
    strategy: 'exhaustive',
    runs: bound,
  });
  return { orders, exhausted, failed: failure !== null };
}

/** Clients `a`, `b` … that make so many steps each. */
function steps(counts: readonly number[]): Body {
  return async (sim, order) => {
    await Promise.all(
      counts.map((count, i) => {
        const letter = String.fromCharCode(97 + i);
        return sim.client(letter, async () => {
          for (let step = 0; step < count; step += 1) {
            await sim.io(letter);
            order.text += letter;
          }
        });
      }),
    );
  };
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

describe('exhaustive search', () => {
  it('runs every interleaving exactly once, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }), async (counts) => {
        // A client's start is a turn of its own.
        const turns = counts.map((count) => count + 1);
        const all = turns.reduce((ways, each) => ways / factorial(each), factorial(turns.reduce((a, b) => a + b, 0)));
        fc.pre(all <= 3000);
        const { orders, exhausted } = await search(steps(counts));
        expect(orders).toHaveLength(Math.round(all));
        const letters = counts.reduce((a, b) => a + b, 0);
        const distinct = counts.reduce((ways, each) => ways / factorial(each), factorial(letters));
        expect(new Set(orders).size).toBe(Math.round(distinct));
        expect(exhausted).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('tries every fault and every whole delay', async () => {
    const { orders, exhausted } = await search(async (sim, order) => {
      const started = sim.now;
      await sim.io('slow', { latency: [2, 4] });
      order.text = String(sim.now - started);
      const remote = sim.device('remote', { ask: () => Promise.resolve('+') }, { faults: ['lost request'] });
      order.text += await remote.ask().catch(() => '-');
    });
    expect(orders.sort()).toEqual(['2+', '2-', '3+', '3-', '4+', '4-']);
    expect(exhausted).toBe(true);
  });

  it('claims nothing when its bound cut it short', async () => {
    const { orders, exhausted } = await search(steps([3, 3]), 40);
    expect(orders).toHaveLength(40);
    expect(exhausted).toBe(false);
  });

  it('claims nothing of a program that draws random numbers', async () => {
    const { exhausted } = await search((sim, order) => {
      order.text = Math.random() < 2 ? 'x' : '';
      return sim.io('x');
    });
    expect(exhausted).toBe(false);
  });

  it('finds the one order that fails', async () => {
    const { failed } = await search(async (sim, order) => {
      await steps([2, 2])(sim, order);
      if (order.text === 'abba') order.text = '!';
      await sim.io('end');
    });
    expect(failed).toBe(true);
  });

  it('goes through all workloads', async () => {
    const seen = new Set<string>();
    const program = scenario<null, string>({
      name: 'program/workloads',
      subjects: { it: hold(() => null) },
      every: ['x', 'y', 'z'],
      body: async ({ sim, workload }) => {
        seen.add(workload);
        await sim.clients([1, 2], () => sim.io('step'));
      },
    });
    const found = await hunted({ scenario: erased(program), subject: 'it', strategy: 'exhaustive', runs });
    expect([...seen].sort()).toEqual(['x', 'y', 'z']);
    expect(found).toMatchObject({ runs: 18, exhausted: true });
  });
});
