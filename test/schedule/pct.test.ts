import { fc, judge, scenario } from 'heddle';
import { describe, expect, it } from 'vitest';
import type { PendingEvent } from '../../src/kernel/event.ts';
import type { Task } from '../../src/kernel/task.ts';
import { Chains } from '../../src/schedule/chains.ts';
import { pct, type PctKnowledge } from '../../src/schedule/pct.ts';
import { erased, hunted } from '../fixtures/runs.ts';
import { choicesOf, ordersOf, stretches } from './interleaving.ts';

const runs = 2000;

function share(orders: readonly string[], hit: (order: string) => boolean): number {
  return orders.filter(hit).length / orders.length;
}

describe('PCT', () => {
  it('of depth 1 runs tasks to their ends, one after the other, each order equally often', async () => {
    const orders = await ordersOf([3, 3, 3], { strategy: 'pct1', runs, knowledge: { steps: 20 } });
    const seen = new Set(orders);
    for (const order of ['aaabbbccc', 'aaacccbbb', 'bbbaaaccc', 'bbbcccaaa', 'cccaaabbb', 'cccbbbaaa']) {
      expect(share(orders, (each) => each === order)).toBeGreaterThan(1 / 6 - 0.04);
      seen.delete(order);
    }
    expect([...seen]).toEqual([]);
  });

  it.each([2, 3, 4])('of depth %i preempts at most depth - 1 times', async (depth) => {
    const orders = await ordersOf([5, 5], { strategy: `pct${String(depth)}`, runs, knowledge: { steps: 12 } });
    const most = Math.max(...orders.map(stretches));
    // Two tasks in a row are two stretches; each change point adds one at most.
    expect(most).toBe(2 + depth - 1);
  });

  it('finds a bug of depth 2 at least as often as promised: 1 / (n k)', async () => {
    // Only after the eleventh of twelve steps of `a` is `b` wrong to come: one place of many.
    const steps = [12, 1];
    const tasks = steps.length + 1;
    const k = await choicesOf(steps, 'pct2', { steps: 20 });
    const bug = (order: string): boolean => order.startsWith(`${'a'.repeat(11)}b`);
    const promised = 1 / (tasks * k);
    const found = share(await ordersOf(steps, { strategy: 'pct2', runs: 6000, knowledge: { steps: k } }), bug);
    // Three standard deviations of a share of 6000 runs.
    expect(found).toBeGreaterThan(promised - 3 * Math.sqrt((promised * (1 - promised)) / 6000));
    const walked = share(await ordersOf(steps, { strategy: 'random', runs: 6000, knowledge: null }), bug);
    expect(walked).toBeLessThan(found / 4);
  });

  it('learns the length of runs from the longest, and forgets nothing', () => {
    const strategy = pct(3);
    const learn = (knowledge: PctKnowledge, ...steps: number[]): PctKnowledge =>
      strategy.learn(
        knowledge,
        steps.map((each, index) => ({ index, steps: each })),
      );
    const once = learn(strategy.initial, 5, 90, 7);
    expect(once).toEqual({ steps: 90 });
    expect(learn(once, 12)).toEqual({ steps: 90 });
    expect(learn(once, 300)).toEqual({ steps: 300 });
    expect(learn(strategy.initial)).toEqual(strategy.initial);
  });
});

describe('chains of events', () => {
  const event = (seq: number): PendingEvent => ({ seq }) as PendingEvent;

  it('follow causes, and are as few as can be: one for each event that caused none', () => {
    // The cause of each event is an earlier one, or none: the main script.
    const causes = fc
      .array(fc.nat(), { minLength: 1, maxLength: 30 })
      .map((drawn) => [null, ...drawn.map((each, i) => (each % (i + 2) === 0 ? null : each % (i + 1)))]);
    fc.assert(
      fc.property(causes, (causeOf) => {
        const chains = new Chains();
        const { witness } = chains;
        const queue = (cause: number | null): void => {
          causeOf.forEach((each, seq) => {
            if (each === cause) witness.queued(event(seq), null as unknown as Task);
          });
        };
        queue(null);
        causeOf.forEach((_cause, seq) => {
          chains.fires(event(seq));
          queue(seq);
        });
        const members = new Map<number, number[]>();
        causeOf.forEach((_cause, seq) => {
          const chain = chains.of(event(seq));
          members.set(chain, [...(members.get(chain) ?? []), seq]);
        });
        for (const chain of members.values()) {
          chain.slice(1).forEach((seq, i) => {
            expect(causeOf[seq]).toBe(chain[i]);
          });
        }
        const childless = causeOf.filter((_cause, seq) => !causeOf.includes(seq));
        expect(members.size).toBe(childless.length);
      }),
      { seed: 7 },
    );
  });

  it('have priorities in PCTCP as tasks have in PCT: calls of one task run one after the other', async () => {
    const seen = async (strategy: string): Promise<string[]> => {
      const orders = new Set<string>();
      const program = scenario<null, null>({
        name: 'program/chains',
        subjects: { it: judge(() => null) },
        every: [null],
        body: async ({ sim }) => {
          let order = '';
          const steps = async (letter: string): Promise<void> => {
            for (let i = 0; i < 3; i += 1) {
              await sim.io(letter);
              order += letter;
            }
          };
          await sim.client('both', () => Promise.all([steps('x'), steps('y')]));
          orders.add(order);
        },
      });
      await hunted({ scenario: erased(program), subject: 'it', strategy, runs: 200 });
      return [...orders].sort();
    };
    expect(await seen('pctcp1')).toEqual(['xxxyyy', 'yyyxxx']);
    expect(await seen('pct1')).toEqual(['xyxyxy']);
    const preempted = (await seen('pctcp2')).map(stretches);
    expect(Math.max(...preempted)).toBe(3);
  });
});
