import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inConflict } from '../../src/kernel/touch.ts';
import { Machine, acts, targets, type Act } from './shared-programs.ts';

function prepared(before: readonly Act[]): Machine {
  const machine = new Machine();
  machine.turn(
    0,
    before.filter((_act, i) => i % 2 === 0),
  );
  machine.turn(
    1,
    before.filter((_act, i) => i % 2 === 1),
  );
  return machine;
}

it('two turns whose order can be told have touches in conflict, before they have happened and after', () => {
  let independent = 0;
  let all = 0;
  fc.assert(
    fc.property(
      fc.tuple(targets, targets).chain(([first, second]) => {
        const list = fc.array(acts(first, second), { minLength: 1, maxLength: 2 });
        const before = fc.array(acts(first, second), { maxLength: 6 });
        return fc.tuple(before, list, fc.array(list, { minLength: 1, maxLength: 2 }));
      }),
      ([before, mine, theirs]) => {
        // Mine first, then theirs; and the other way round.
        const one = prepared(before);
        const touched = one.turn(0, mine);
        const after = theirs.map((turn) => one.turn(1, turn));
        const other = prepared(before);
        const ahead = theirs.map((turn) => other.turn(1, turn));
        other.turn(0, mine);
        all += 1;
        const isIndependent = [after, ahead].some((turns) => turns.every((turn) => !inConflict(touched, turn)));
        if (!isIndependent) return;
        independent += 1;
        expect(other.outcome()).toBe(one.outcome());
      },
    ),
    { numRuns: 4000 },
  );
  // It would not say much if hardly any were.
  expect(independent).toBeGreaterThan(all / 10);
});

describe('any two acts on one structure', () => {
  const all = (target: number): Act[] =>
    Array.from({ length: 24 }, (_, code) => code).flatMap((code) =>
      [0, 3].flatMap((key) => [0, 3].map((value) => ({ target, code, key, value }))),
    );

  for (const [what, target] of Object.entries({ object: 1, array: 3, map: 5, set: 7 })) {
    it(`of an ${what}`, () => {
      const known = all(target).map((act) => ({ act, touches: prepared([]).turn(0, [act]) }));
      for (const mine of known) {
        for (const theirs of known) {
          if (inConflict(mine.touches, theirs.touches)) continue;
          const one = prepared([]);
          one.turn(0, [mine.act]);
          one.turn(1, [theirs.act]);
          const other = prepared([]);
          other.turn(1, [theirs.act]);
          other.turn(0, [mine.act]);
          if (one.outcome() !== other.outcome()) expect({ mine, theirs }).toBe('in conflict');
        }
      }
    });
  }
});

it('the names of objects do not depend on who reads them first', () => {
  // Both let the same new object in, at different places; then one changes it.
  const at = (key: number): Act[] => [
    { target: 1, code: 1, key, value: 3 },
    { target: 1, code: 0, key, value: 0 },
  ];
  const change: Act = { target: 11, code: 1, key: 0, value: 1 };
  const mine = prepared([]).turn(0, [...at(0), change]);
  const other = prepared([]);
  const theirs = [at(1), [change]].map((turn) => other.turn(1, turn));
  expect(theirs.map((turn) => turn.some(({ resource }) => resource === 'root.o.a.a'))).toEqual([false, false]);
  expect(mine.some(({ resource }) => resource === 'root.o.a.a')).toBe(true);
  expect(inConflict(mine, theirs[0]!)).toBe(true);
});
