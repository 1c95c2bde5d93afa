import { expect, it } from 'vitest';
import { World } from '../../src/kernel/world.ts';
import { idle } from '../choosers.ts';

interface SetLike {
  readonly size: number;
  has(value: unknown): boolean;
  keys(): Iterator<unknown>;
}

interface Combining extends Set<unknown> {
  union(other: SetLike): Set<unknown>;
  isSubsetOf(other: SetLike): boolean;
}

/** What newer versions of Node have, by what they ask of their argument. */
const METHODS = {
  union(this: Set<unknown>, other: SetLike): Set<unknown> {
    const all = new Set(this);
    const keys = other.keys();
    for (let step = keys.next(); step.done !== true; step = keys.next()) all.add(step.value);
    return all;
  },
  isSubsetOf(this: Set<unknown>, other: SetLike): boolean {
    return this.size <= other.size && [...this].every((each) => other.has(each));
  },
};

it('views of Sets combine with views and with Sets, in terms of views', async () => {
  const missing = Object.keys(METHODS).filter((name) => !(name in Set.prototype));
  for (const name of missing) Reflect.set(Set.prototype, name, Reflect.get(METHODS, name));
  try {
    const { Shared } = await import('../../src/scenario/shared-structures.ts');
    const world = new World({ chooser: idle });
    const [a, b] = [{ n: 1 }, { n: 2 }];
    const both = { one: new Set<unknown>([a]), two: new Set<unknown>([a, b]) };
    const { one, two } = new Shared(world).share('s', both) as unknown as { one: Combining; two: Combining };
    const touches: string[] = [];
    world.onTouch = (resource, writes) => touches.push(`${writes ? 'w' : 'r'} ${resource}`);
    expect([one.isSubsetOf(two), two.isSubsetOf(one), one.isSubsetOf(both.two)]).toEqual([true, false, true]);
    expect(new Set(touches)).toEqual(new Set(['r keys of s.one', 'r keys of s.two', 'r s.two[s.one{1}]']));
    expect(one.union(two).size).toBe(2);
    expect([...one.union(new Set([b]))][1]).toBe([...two][1]);
  } finally {
    for (const name of missing) Reflect.deleteProperty(Set.prototype, name);
  }
});
