import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Deadlines, type Deadline } from '../../../src/systems/lock/deadlines.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), at: fc.nat(1_000) }),
  fc.record({ kind: fc.constant('drop' as const), index: fc.nat() }),
  fc.record({ kind: fc.constant('postpone' as const), index: fc.nat(), by: fc.nat(500) }),
  fc.record({ kind: fc.constant('take' as const), now: fc.nat(1_000) }),
);

it('always knows the earliest deadline', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const deadlines = new Deadlines();
      let live: Deadline[] = [];
      const drop = (item: Deadline): void => {
        item.over = true;
        deadlines.drop(item);
        live = live.filter((each) => each !== item);
      };
      for (const each of steps) {
        if (each.kind === 'add') {
          const item = { at: each.at, over: false };
          live.push(item);
          deadlines.add(item);
        } else if (each.kind === 'take') {
          for (let due = deadlines.due(each.now); due !== undefined; due = deadlines.due(each.now)) {
            expect(due.at).toBe(Math.min(...live.map(({ at }) => at)));
            drop(due);
          }
          expect(live.every(({ at }) => at > each.now)).toBe(true);
        } else if (live.length > 0) {
          const item = live[each.index % live.length]!;
          if (each.kind === 'drop') drop(item);
          else item.at += each.by;
        }
        expect(deadlines.earliest()).toBe(Math.min(Infinity, ...live.map(({ at }) => at)));
      }
    }),
  );
});

it('sweeps out what is over: memory follows what still matters', () => {
  const deadlines = new Deadlines();
  const keep = { at: 1, over: false };
  deadlines.add(keep);
  for (let i = 0; i < 100_000; i += 1) {
    const item = { at: 1_000 + i, over: false };
    deadlines.add(item);
    item.over = true;
    deadlines.drop(item);
  }
  expect(deadlines.size).toBeLessThan(200);
  expect(deadlines.earliest()).toBe(1);
});
