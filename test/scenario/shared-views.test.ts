import { describe, expect, it } from 'vitest';
import { HeddleError } from 'heddle';
import type { Witness } from '../../src/kernel/choice.ts';
import { World } from '../../src/kernel/world.ts';
import { NEW_OBJECTS, Shared } from '../../src/scenario/shared-structures.ts';
import { idle } from '../choosers.ts';

/** What was touched since it was asked last: `w resource`, `r resource`. */
function observed(): { shared: Shared; touches: () => string[] } {
  const world = new World({ chooser: idle });
  const seen = new Set<string>();
  world.onTouch = (resource, writes) => {
    seen.add(`${writes ? 'w' : 'r'} ${resource}`);
  };
  const touches = (): string[] => {
    const all = [...seen];
    seen.clear();
    return all;
  };
  return { shared: new Shared(world), touches };
}

function share<T extends object>(object: T): { view: T; touches: () => string[] } {
  const { shared, touches } = observed();
  const view = shared.share('s', object);
  touches();
  return { view, touches };
}

describe('what is touched', () => {
  it('by objects: properties, and the whole where it matters which there are', () => {
    const { view, touches } = share<Record<string, unknown>>({ a: 1, in: { b: 2 } });
    expect(view.a).toBe(1);
    expect(touches()).toEqual(['r s.a']);
    view.a = 2;
    expect(touches()).toEqual(['w s.a']);
    (view.in as { b: number }).b += 1;
    expect(touches()).toEqual(['r s.in', 'r s.in.b', 'w s.in.b']);
    expect('c' in view).toBe(false);
    expect(touches()).toEqual(['r s.c']);
    view.c = 3;
    expect(touches()).toEqual(expect.arrayContaining(['w s.c', 'w keys of s']));
    delete view.c;
    expect(touches()).toEqual(['w s.c', 'w keys of s']);
    delete view.c;
    expect(touches()).toEqual(['r s.c']);
    expect(Object.keys(view)).toEqual(['a', 'in']);
    expect(touches()).toEqual(['r keys of s', 'r s.a', 'r s.in']);
  });

  it('by arrays: elements, and the length', () => {
    const { view, touches } = share([1, 2]);
    view.push(3);
    expect(touches()).toEqual(expect.arrayContaining(['r s.length', 'w s.2', 'w keys of s', 'w s.length']));
    view[0] = 4;
    expect(touches()).toEqual(['w s.0']);
    expect(view.length).toBe(3);
    expect(touches()).toEqual(['r s.length']);
    view.length = 1;
    expect(touches()).toEqual(['w s.length', 'w s.1', 'w s.2', 'w keys of s']);
  });

  it('by Maps and Sets: entries, and the whole', () => {
    const { view, touches } = share({ map: new Map<unknown, unknown>([['a', 1]]), set: new Set<unknown>(['a']) });
    const { map, set } = view;
    touches();
    expect([map.get('a'), map.has('b')]).toEqual([1, false]);
    expect(touches()).toEqual(['r s.map[a]', 'r s.map[b]']);
    map.set('a', 2);
    expect(touches()).toEqual(['w s.map[a]']);
    map.set('b', 2);
    expect(touches()).toEqual(['w s.map[b]', 'w keys of s.map']);
    expect([...map.values()]).toEqual([2, 2]);
    expect(touches()).toEqual(['r keys of s.map', 'r s.map[a]', 'r s.map[b]']);
    expect([...map.keys(), map.size]).toEqual(['a', 'b', 2]);
    expect(touches()).toEqual(['r keys of s.map']);
    map.clear();
    expect(touches()).toEqual(['w keys of s.map', 'w s.map[a]', 'w s.map[b]']);
    set.add('a');
    expect(touches()).toEqual(['r s.set[a]']);
    set.add('b');
    expect(touches()).toEqual(['w s.set[b]', 'w keys of s.set']);
    expect([...set]).toEqual(['a', 'b']);
    expect(touches()).toEqual(['r keys of s.set']);
  });

  it('by objects as keys: the entry of an object that is shared, else the whole', () => {
    const key = {};
    const { view, touches } = share(new Map<object, number>());
    expect(view.get(key)).toBe(undefined);
    expect(touches()).toEqual(['r keys of s']);
    view.set(key, 1);
    expect(touches()).toEqual([`w ${NEW_OBJECTS}`, 'w s[s{1}]', 'w keys of s']);
    expect(view.get(key)).toBe(1);
    expect(touches()).toEqual(['r s[s{1}]']);
  });

  it('is told to the witness of a run, too', () => {
    const heard: string[] = [];
    const touched = (resource: string, writes: boolean): number => heard.push(`${writes ? 'w' : 'r'} ${resource}`);
    const witness = new Proxy(
      {},
      { get: (_target, name) => (name === 'touched' ? touched : () => undefined) },
    ) as Witness;
    const world = new World({ chooser: { ...idle, witness } });
    const view = new Shared(world).share('s', { a: 1 });
    view.a += 1;
    expect(heard).toEqual([`w ${NEW_OBJECTS}`, 'r s.a', 'w s.a']);
  });

  it('is nothing while nobody listens, and the views are the same', () => {
    const shared = new Shared(new World({ chooser: idle }));
    const view = shared.share('s', { list: [{ a: 1 }] });
    view.list[0]!.a += 1;
    expect(view).toEqual({ list: [{ a: 2 }] });
    expect(view.list).toBe(view.list);
  });
});

describe('a view', () => {
  it('is the same each time, and what is written into it is stored as it is', () => {
    const inner = { n: 1 };
    const raw: Record<string, unknown> = { inner, list: [inner] };
    const { view } = share(raw);
    expect(view.inner).toBe(view.inner);
    expect((view.list as unknown[])[0]).toBe(view.inner);
    expect(view.inner).not.toBe(inner);
    view.again = view.inner;
    expect(raw.again).toBe(inner);
    view.fresh = { deep: { er: 1 } };
    expect((view.fresh as { deep: object }).deep).toBe((view.fresh as { deep: object }).deep);
  });

  it('of an array does all that arrays do', () => {
    const [a, b, c] = [{ n: 1 }, { n: 2 }, { n: 3 }];
    const raw = [c, a, b];
    const { view } = share(raw);
    expect(Array.isArray(view)).toBe(true);
    expect([view.includes(a), view.includes(view[1]!), view.includes({ n: 1 })]).toEqual([true, true, false]);
    expect([view.indexOf(b), view.lastIndexOf(view[2]!), view.indexOf(b, 3)]).toEqual([2, 2, -1]);
    view.sort((x, y) => x.n - y.n);
    expect(raw).toEqual([a, b, c]);
    expect(raw[0]).toBe(a);
    const [gone] = view.splice(1, 1, { n: 9 }, { n: 8 });
    expect(gone).toEqual(b);
    expect(raw.map(({ n }) => n)).toEqual([1, 9, 8, 3]);
    expect(view.pop()).toEqual(c);
    view.unshift(c);
    expect(view.shift()).toEqual(c);
    expect(view.concat(c).length).toBe(4);
    view.reverse();
    view.copyWithin(0, 1);
    expect(view.map(({ n }) => n)).toEqual([9, 1, 1]);
    expect(JSON.stringify({ view })).toBe('{"view":[{"n":9},{"n":1},{"n":1}]}');
    expect([...view.entries()][0]).toEqual([0, view[0]]);
    expect(view.flatMap((each) => [each.n])).toEqual([9, 1, 1]);
    view.fill({ n: 0 });
    expect(raw).toEqual([{ n: 0 }, { n: 0 }, { n: 0 }]);
  });

  it('of a Map and of a Set does all that they do', () => {
    const key = {};
    const raw = new Map<unknown, unknown>([
      ['a', 1],
      [key, { n: 1 }],
    ]);
    const { view } = share({ map: raw, set: new Set<unknown>([key, 1]) });
    const { map, set } = view;
    expect(map).toBeInstanceOf(Map);
    expect(map.get(key)).toBe([...map.values()][1]);
    const keySeen = [...map.keys()][1];
    expect([map.has(keySeen), set.has(keySeen), set.has(key), set.has({})]).toEqual([true, true, true, false]);
    expect(map.set('b', 2)).toBe(map);
    const visited: unknown[] = [];
    const that = {};
    map.forEach(function (this: unknown, value, at, whole) {
      visited.push(this === that, whole === map, at, value);
    }, that);
    expect(visited.slice(0, 4)).toEqual([true, true, 'a', 1]);
    expect(visited.length).toBe(12);
    expect(set.add(key).size).toBe(2);
    expect(set.delete(keySeen)).toBe(true);
    expect([...set.entries()]).toEqual([[1, 1]]);
    expect(new Map(map).get('b')).toBe(2);
    expect(Map.prototype.get.call(new Map([['x', 1]]), 'x')).toBe(map.get.call(new Map([['x', 1]]), 'x'));
    map.clear();
    expect([map.size, raw.size]).toEqual([0, 0]);
  });

  it('iterates live: what is added meanwhile is visited, what is deleted is not, and a loop can be taken up again', () => {
    const { view } = share(new Map([['a', 1]]));
    const { view: other } = share(new Set([1, 2, 3]));
    const seen: string[] = [];
    for (const [key] of view) {
      seen.push(key);
      if (seen.length < 3) view.set(`${key}${String(seen.length)}`, 1);
    }
    expect(seen).toEqual(['a', 'a1', 'a12']);
    const iterator = other.values();
    for (const each of iterator) if (each === 1) break;
    other.delete(2);
    expect([...iterator]).toEqual([3]);
    expect(iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('runs getters and setters on itself, so that what they touch is seen', () => {
    const { view, touches } = share({
      first: 1,
      get twice(): number {
        return this.first * 2;
      },
      set twice(value: number) {
        this.first = value / 2;
      },
    });
    expect(view.twice).toBe(2);
    expect(touches()).toEqual(['r s.twice', 'r s.first']);
    view.twice = 8;
    expect(touches()).toEqual(['r s.twice', 'w s.first']);
    expect(view.first).toBe(4);
  });

  it('keeps symbols, attributes and order of properties', () => {
    const tag = Symbol('tag');
    const raw: Record<PropertyKey, unknown> = { b: 1 };
    const { view } = share(raw);
    view[tag] = { n: 1 };
    view.a = 2;
    Object.defineProperty(view, 'hidden', { value: { n: 3 }, configurable: true });
    expect(Reflect.ownKeys(view)).toEqual(['b', 'a', 'hidden', tag]);
    expect({ ...view }).toEqual({ b: 1, a: 2, [tag]: { n: 1 } });
    expect(Object.getOwnPropertyDescriptor(view, 'hidden')?.value).toBe(view.hidden);
    expect(Object.entries(view)).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
    expect(() => {
      (view as { hidden: unknown }).hidden = 1;
    }).toThrow(TypeError);
  });

  it('goes round where the structure does, and is not shared twice', () => {
    const raw: { self?: unknown; n: number } = { n: 1 };
    raw.self = raw;
    const { shared } = observed();
    const view = shared.share('a', raw);
    expect(view.self).toBe(view);
    expect(shared.share('b', raw)).toBe(view);
    expect(shared.share('b', view)).toBe(view);
  });

  it('cannot be cloned', () => {
    const { view } = share({ n: 1 });
    expect(() => structuredClone(view)).toThrow(/could not be cloned/);
  });
});

describe('what cannot be observed is refused', () => {
  class Account {
    #balance = 1;

    get balance(): number {
      return this.#balance;
    }
  }
  class Names extends Map {}
  const refused: [string, object, RegExp][] = [
    ['an instance of a class', new Account(), /^expected plain objects.* at s, received an instance of Account/],
    ['a function', () => 1, /received a function/],
    ['a Date within', { at: new Date(0) }, /at s\.at, received an instance of Date/],
    ['bytes', [new Uint8Array(1)], /at s\.0, received an instance of Uint8Array/],
    ['a promise under a key', new Map([['a', Promise.resolve()]]), /at s\[a\], received an instance of Promise/],
    ['a subclass of Map', new Names(), /an instance of Names/],
    ['a frozen object with an object in it', Object.freeze({ in: {} }), /a frozen property in with an object/],
    ['a method of its own on an array', Object.assign([], { push: 1 }), /its own push in the place of a method/],
    ['a prototype of its own', Object.create({ a: 1 }) as object, /with a prototype of its own/],
  ];

  for (const [what, object, message] of refused) {
    it(what, () => {
      const { shared } = observed();
      expect(() => shared.share('s', object)).toThrow(HeddleError);
      expect(() => shared.share('s', object)).toThrow(message);
    });
  }

  it('when it is written, and nothing is written then', () => {
    const { view } = share<{ list: unknown[]; map: Map<string, unknown> }>({ list: [], map: new Map() });
    const bad = { deep: [{ at: new Date(0) }] };
    expect(() => view.list.push(bad)).toThrow(/s\.list\.0\.deep\.0\.at, received an instance of Date/);
    expect(() => view.map.set('x', () => 1)).toThrow(/s\.map\[x\], received a function/);
    expect([view.list.length, view.map.size]).toEqual([0, 0]);
    expect(() => Object.freeze(view)).toThrow(/freezes or seals/);
    expect(() => Object.setPrototypeOf(view, null) as unknown).toThrow(/another prototype/);
    expect(() => {
      Object.assign(view.list, { push: 1 });
    }).toThrow(/in the place of a method/);
  });

  it('with what is wrong and what to do', () => {
    const { shared } = observed();
    const errors: unknown[] = [];
    for (const [name, object] of [
      ['', {}],
      ['s', 1],
      ['s', null],
    ] as [string, object][]) {
      try {
        shared.share(name, object);
      } catch (error) {
        errors.push((error as HeddleError).code, (error as HeddleError).received);
      }
    }
    expect(errors).toEqual(['BAD_RESOURCE', 'an empty one', 'NOT_SHAREABLE', 'number', 'NOT_SHAREABLE', 'null']);
  });
});
