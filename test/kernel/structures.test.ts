import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deadlines } from '../../src/kernel/deadlines.ts';
import { KIND, PendingEvent } from '../../src/kernel/event.ts';
import { Heap, type Ranked } from '../../src/kernel/heap.ts';
import { Timeout } from '../../src/kernel/timer.ts';
import { Timers } from '../../src/kernel/timers.ts';
import { World } from '../../src/kernel/world.ts';
import { idle } from '../choosers.ts';

const world = new World({ chooser: idle });

/** Instructions that make sense whatever was done before: which of the items present is chosen by a number. */
const script = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), rank: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }),
    fc.record({ kind: fc.constant('change' as const), which: fc.nat(), rank: fc.integer({ min: 0, max: 9 }) }),
  ),
  { maxLength: 60 },
);
const byRank = (a: Ranked, b: Ranked): number => a.rank - b.rank || a.seq - b.seq;

describe('data structures against naive models', () => {
  test('a heap: its smallest item, what is within a bound, and every item its own slot', () => {
    fc.assert(
      fc.property(script, fc.integer({ min: 0, max: 9 }), (steps, bound) => {
        const heap = new Heap<Ranked>();
        const model: Ranked[] = [];
        for (const [seq, step] of steps.entries()) {
          if (step.kind === 'add') {
            const item = { rank: step.rank, seq, slot: -1 };
            heap.push(item);
            model.push(item);
          } else if (model.length > 0) {
            const item = model[step.which % model.length]!;
            if (step.kind === 'remove') {
              model.splice(model.indexOf(item), 1);
              heap.remove(item);
              expect(item.slot).toBe(-1);
            } else {
              item.rank = step.rank;
              heap.moved(item);
            }
          }
          model.sort(byRank);
          expect(heap.size).toBe(model.length);
          expect(heap.peek()).toBe(model[0]);
        }
        heap.items.forEach((item, slot) => {
          expect(item.slot).toBe(slot);
        });
        const within: Ranked[] = [];
        heap.upTo(bound, { add: (item) => within.push(item) });
        expect(within.sort(byRank)).toEqual(model.filter(({ rank }) => rank <= bound));
      }),
    );
  });

  test('deadlines: the smallest one, whatever leaves', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const deadlines = new Deadlines();
        const model: PendingEvent[] = [];
        for (const [seq, step] of steps.entries()) {
          if (step.kind === 'add') {
            const event = new PendingEvent(seq, KIND.io, 'io', world.process, world.task, 0, step.rank, null);
            deadlines.add(event);
            model.push(event);
          } else if (model.length > 0) {
            const [event] = model.splice(step.which % model.length, 1);
            deadlines.remove(event!);
          }
          expect(deadlines.min()).toBe(Math.min(Infinity, ...model.map(({ latest }) => latest)));
        }
      }),
    );
  });

  test("timers: the earliest one, and who is next by Node's lists", () => {
    const durations = [1, 2, 3, 5];
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('add' as const), delay: fc.constantFrom(...durations), after: fc.nat(2) }),
        fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const timers = new Timers();
        const model: Timeout[] = [];
        let now = 0;
        for (const [seq, step] of all.entries()) {
          if (step.kind === 'add') {
            now += step.after;
            const due = now + step.delay;
            const timer = new Timeout(world, seq, world.task, due, due + 1, () => undefined, step.delay, [], false);
            timers.add(timer);
            model.push(timer);
          } else if (model.length > 0) {
            const [timer] = model.splice(step.which % model.length, 1);
            timers.remove(timer!);
          }
          const earliest = Math.min(Infinity, ...model.map(({ rank }) => rank));
          expect(timers.count).toBe(model.length);
          expect(timers.earliest()).toBe(earliest);
          const heads = durations.flatMap((delay) => model.filter((timer) => timer.delay === delay).slice(0, 1));
          const next: Timeout[] = [];
          timers.next({ add: (timer) => next.push(timer) });
          expect(new Set(next)).toEqual(new Set(heads.filter(({ rank }) => rank === earliest)));
          expect(new Set(timers)).toEqual(new Set(model));
        }
      }),
    );
  });
});
