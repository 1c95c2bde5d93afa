import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/invariant/linearizable/identity.ts';

/** What JSON leaves out as well. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: false,
  maxDepth: 2,
});

describe('the identity of a value', () => {
  it('is the same for a copy', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(identityOf(structuredClone(value))).toBe(identityOf(value));
      }),
    );
  });

  it('is the same only for values that are alike', () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        if (identityOf(a) === identityOf(b)) expect(isDeepStrictEqual(a, b)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [0, -0],
    [0, '0'],
    [0, 0n],
    [null, undefined],
    [null, 'null'],
    [[], ['']],
    [[], [undefined]],
    [[undefined], [null]],
    [['a', 'b'], ['a,b']],
    [{}, []],
    [{ a: 1 }, new Map([['a', 1]])],
    [new Set([1]), [1]],
    [{}, { a: undefined }],
    [new Date(0), 0],
    [Symbol('a'), Symbol('a')],
    [new Error('a'), new Error('a')],
    [() => 1, () => 1],
  ])('tells %o from %o', (a, b) => {
    expect(identityOf(a)).not.toBe(identityOf(b));
    expect(identityOf(a)).toBe(identityOf(a));
  });

  it('does not depend on the order of fields, and sees cycles', () => {
    expect(identityOf({ a: 1, b: 2 })).toBe(identityOf({ b: 2, a: 1 }));
    const cycle = (): object => {
      const one: Record<string, unknown> = { name: 'one' };
      one['self'] = [one];
      return one;
    };
    expect(identityOf(cycle())).toBe(identityOf(cycle()));
  });
});
