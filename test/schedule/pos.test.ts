import { fc } from 'heddle';
import { describe, expect, it } from 'vitest';
import { inConflict } from '../../src/kernel/touch.ts';
import { pos } from '../../src/schedule/pos.ts';
import { randomFor, type Random } from '../../src/schedule/random.ts';
import type { StrategyChooser } from '../../src/schedule/strategy.ts';
import { randomWalk } from '../../src/schedule/random-walk.ts';
import {
  fixed,
  reads,
  runsKnowing,
  runToy,
  stepsOf,
  toys,
  unevenness,
  unknown,
  writes,
  type Toy,
  type ToyRun,
} from './toy.ts';

/** A run of POS, with how many priorities were drawn for each of its choices. */
function posRun(toy: Toy, seed: number): ToyRun & { readonly draws: readonly number[] } {
  const inner = randomFor('pos', seed);
  let drawn = 0;
  const random: Random = {
    ...inner,
    next: () => {
      drawn += 1;
      return inner.next();
    },
  };
  const chooser: StrategyChooser = pos.chooser({ index: 0, random, knowledge: null });
  const draws: number[] = [];
  const counting: StrategyChooser = {
    ...{ delays: false, delay: () => 0, fault: () => 0, draw: () => 0 },
    event: (enabled) => {
      const before = drawn;
      const pick = chooser.event(enabled);
      draws.push(drawn - before);
      return pick;
    },
  };
  return { ...runToy(toy, counting), draws };
}

const seeds = fc.integer();

describe('POS', () => {
  it('draws a priority for every event, and again for those that race with the one that fires', () => {
    fc.assert(
      fc.property(toys({ tasks: [2, 4], steps: 4, unknowns: true }), seeds, (toy, seed) => {
        const { chosen, draws, fired } = posRun(toy, seed);
        // Every choice has all tasks in it that are not at their end; the last task's steps are no choices.
        const at = new Map(Object.keys(toy).map((name) => [name, 0]));
        const known = new Set<string>();
        chosen.forEach(({ among, task }, i) => {
          const step = (name: string): string => `${name}${String(at.get(name)!)}`;
          const fresh = among.filter((name) => !known.has(step(name)));
          const touches = (name: string): Toy[string][number]['touches'] => toy[name]![at.get(name)!]!.touches;
          const racing = among.filter((name) => name !== task && inConflict(touches(name), touches(task)));
          expect(draws[i]).toBe(fresh.length + racing.length);
          for (const name of among) known.add(step(name));
          at.set(task, at.get(task)! + 1);
        });
        expect(fired).toHaveLength(stepsOf(toy));
      }),
      fixed,
    );
  });

  it('keeps the priorities of events that do not race: where none does, it is BasicPOS', () => {
    const steps = fc.array(fc.constantFrom(reads('x'), reads('y')), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(steps, { minLength: 2, maxLength: 4 }), seeds, (lists, seed) => {
        const toy = Object.fromEntries(lists.map((list, i) => ['abcd'[i]!, list]));
        const random = randomFor('pos', seed);
        // Whether the run has delays: every chooser draws that first.
        random.next();
        const priorities = new Map<string, number>();
        const at = new Map(Object.keys(toy).map((name) => [name, 0]));
        for (const { among, task } of posRun(toy, seed).chosen) {
          const priority = (name: string): number => {
            const step = `${name}${String(at.get(name)!)}`;
            if (!priorities.has(step)) priorities.set(step, random.next());
            return priorities.get(step)!;
          };
          const inOrder = Object.keys(toy).filter((name) => among.includes(name));
          const drawn = inOrder.map(priority);
          expect(task).toBe(inOrder[drawn.indexOf(Math.max(...drawn))]);
          at.set(task, at.get(task)! + 1);
        }
      }),
      fixed,
    );
  });

  it('where all race, every choice is a fresh one: each of three tasks of one step comes first equally often', () => {
    const orders = Array.from({ length: 3000 }, (_, i) => posRun({ a: [unknown], b: [writes('x')], c: [unknown] }, i));
    // Six orders, five degrees of freedom: beyond 20.5 once in a thousand.
    expect(
      unevenness(
        orders.map(({ order }) => order),
        6,
      ),
    ).toBeLessThan(20.5);
  });

  it('keeps an event that nobody races with behind for long, where it drew a low priority', () => {
    const race = Array.from({ length: 4 }, () => writes('x'));
    const toy = { a: race, b: race, c: [writes('y')] };
    const last = (runs: readonly ToyRun[]): number => runs.filter(({ order }) => order.endsWith('c')).length;
    const walked = last(runsKnowing(randomWalk, toy, 2000, null));
    expect(last(Array.from({ length: 2000 }, (_, i) => posRun(toy, i)))).toBeGreaterThan(3 * walked);
  });
});
