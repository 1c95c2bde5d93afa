import fc, { type Arbitrary, Value } from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';

const random = (seed: number): fc.Random => new fc.Random(xoroshiro128plus(seed));

interface Operation {
  readonly client: number;
  readonly amount: number;
}

/** Workloads with a .map and a .chain inside, as users write them. */
const workload: Arbitrary<Operation[]> = fc.integer({ min: 1, max: 4 }).chain((clients) =>
  fc.array(
    fc.tuple(fc.integer({ min: 1, max: clients }), fc.nat(1000)).map(([client, amount]) => ({ client, amount })),
    { minLength: 1, maxLength: 20 },
  ),
);
const overspends = (operations: readonly Operation[]): boolean => operations.some(({ amount }) => amount >= 17);

/** Takes the first smaller value that still fails, until there is none. */
const shrunk = <T>(arbitrary: Arbitrary<T>, first: Value<T>, fails: (value: T) => boolean): Value<T> => {
  let smallest = first;
  for (;;) {
    const smaller = arbitrary
      .shrink(smallest.value_, smallest.context)
      .filter(({ value_ }) => fails(value_))
      .getNthOrLast(0);
    if (smaller === null) return smallest;
    smallest = smaller;
  }
};

const failing = (from: number): { seed: number; value: Value<Operation[]> } => {
  for (let seed = from; ; seed++) {
    const value = workload.generate(random(seed), undefined);
    if (overspends(value.value_)) return { seed, value };
  }
};

const shrinksOf = <T>(arbitrary: Arbitrary<T>, value: T): T[] =>
  [...arbitrary.shrink(value, undefined)].map(({ value_ }) => value_);

describe('fact 20: fast-check driven from outside', () => {
  test('fact 20: generate and shrink, with value_ and context and our own predicate, reach a minimum', () => {
    for (let from = 0; from < 20; from++) {
      const minimum = shrunk(workload, failing(from * 100).value, overspends);
      expect(minimum.value_.filter(({ amount }) => amount > 0)).toEqual([{ client: 1, amount: 17 }]);
      for (const { value_ } of workload.shrink(minimum.value_, minimum.context)) expect(overspends(value_)).toBe(false);
    }
  });

  test('fact 20: that minimum is the smallest workload for most seeds and not for all', () => {
    const lengths = Array.from(
      { length: 100 },
      (_, from) => shrunk(workload, failing(from * 100).value, overspends).value_.length,
    );
    const smallest = lengths.filter((length) => length === 1).length;
    expect(smallest).toBeGreaterThan(50);
    expect(smallest).toBeLessThan(100);
  });

  test('fact 20: the seed alone generates the value again, with a context that shrinks the same way', () => {
    const { seed, value } = failing(7);
    const again = workload.generate(random(seed), undefined);
    expect(again.value_).toEqual(value.value_);
    expect([...workload.shrink(again.value_, again.context)].map(({ value_ }) => value_)).toEqual(
      [...workload.shrink(value.value_, value.context)].map(({ value_ }) => value_),
    );
  });

  test('fact 20: fc.Random wants a pure-rand generator', () => {
    const number = fc.integer().generate(random(1), undefined).value_;
    expect(Number.isInteger(number)).toBe(true);
    expect(() => new fc.Random(Math.random as never)).toThrow('clone is not a function');
  });
});

describe('fact 20: shrinking from a bare value, as JSON leaves it', () => {
  test('fact 20: .map and .chain yield no shrinks from a bare value', () => {
    const doubled = fc.nat().map((n) => n * 2);
    const repeated = fc.nat(5).chain((length) => fc.array(fc.nat(), { minLength: length, maxLength: 5 }));
    expect(shrinksOf(doubled, 50)).toEqual([]);
    expect(shrinksOf(repeated, [1, 2, 3, 4, 5])).toEqual([]);
    expect(shrinksOf(workload, [{ client: 1, amount: 1000 }])).toEqual([]);
  });

  test('fact 20: an array of mapped values loses elements from a bare value, but no element gets smaller', () => {
    const operations = fc.array(fc.nat().map((amount) => ({ amount })));
    const shrinks = shrinksOf(operations, [{ amount: 50 }, { amount: 60 }]);
    expect(shrinks).not.toEqual([]);
    expect(shrinks.flat().every(({ amount }) => amount === 50 || amount === 60)).toBe(true);
  });

  test('fact 20: integers, arrays, records and .map with an unmapper do shrink from a bare value', () => {
    const both = fc.nat().map(
      (n) => n * 2,
      (n) => Number(n) / 2,
    );
    expect(shrinksOf(fc.nat(), 50)).not.toEqual([]);
    expect(shrinksOf(fc.array(fc.nat()), [50])).not.toEqual([]);
    expect(shrinksOf(fc.record({ amount: fc.nat() }), { amount: 50 })).not.toEqual([]);
    expect(shrinksOf(both, 50)).not.toEqual([]);
  });
});
