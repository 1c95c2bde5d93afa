// Random operations on what is shared, and what becomes of it.

import fc from 'fast-check';
import type { Touch } from '../../src/kernel/touch.ts';
import { World } from '../../src/kernel/world.ts';
import { Shared } from '../../src/scenario/shared-structures.ts';
import { unwrap } from '../../src/scenario/shared-object.ts';
import { idle } from '../choosers.ts';

export interface Act {
  /** Where its target lies: a path from the root, or what the task holds. */
  readonly target: number;
  readonly code: number;
  readonly key: number;
  readonly value: number;
}

const TARGETS = 12;

/** Acts on one target or two, so that they have to do with each other. */
export function acts(first: number, second: number): fc.Arbitrary<Act> {
  return fc.record({
    target: fc.constantFrom(first, second),
    code: fc.nat(25),
    key: fc.nat(6),
    value: fc.nat(11),
  });
}

export const targets: fc.Arbitrary<number> = fc.nat(TARGETS - 1);

const PATHS = [[], ['o'], ['o', 'in'], ['list'], ['list', '0'], ['map'], ['map', 'a'], ['set'], ['other']] as const;
const KEYS = ['a', 'b', '0', '1', 'in'] as const;

type Structure = Record<string, unknown>;

/** Two tasks with a root in common, and a pool of objects that nobody has shared yet. */
export class Machine {
  readonly #raw: Structure;
  readonly #root: Structure;
  readonly #pool: readonly object[] = [{ a: 1 }, [{ a: 2 }], new Map([['a', { a: 3 }]]), new Set(['a']), { b: 4 }];
  readonly #held: unknown[] = [undefined, undefined];
  readonly #iterators: (Iterator<unknown> | undefined)[] = [undefined, undefined];
  readonly #results: unknown[] = [];
  #touches: Touch[] = [];

  constructor() {
    const world = new World({ chooser: idle });
    const inner = { a: 1, b: 2 };
    const o = {
      in: inner,
      a: 1,
      get sum(): number {
        return this.a + this.in.b;
      },
      set sum(value: number) {
        this.a = value;
      },
    };
    const map = new Map<unknown, unknown>([
      ['a', inner],
      ['b', 1],
    ]);
    this.#raw = { o, list: [{ a: 1 }, 2, 3], map, set: new Set<unknown>(['a', 'b', inner]), other: [1] };
    this.#root = new Shared(world).share('root', this.#raw);
    world.onTouch = (resource, writes) => {
      this.#touches.push({ resource, writes });
    };
  }

  /** What the acts touched. */
  turn(task: number, list: readonly Act[]): readonly Touch[] {
    this.#touches = [];
    for (const act of list) {
      let result: unknown;
      try {
        result = this.#act(task, act);
      } catch (error) {
        result = String(error);
      }
      this.#results[this.#results.length] = { task, result };
      if (typeof result === 'object' && result !== null && unwrap(result) !== result) this.#held[task] = result;
    }
    return this.#touches;
  }

  /** Everything that can be told apart from outside: results by task, content, order, and which objects are the same. */
  outcome(): string {
    const of = (task: number): unknown[] =>
      (this.#results as { task: number; result: unknown }[]).filter((each) => each.task === task);
    return snapshot([this.#raw, of(0), of(1), this.#pool]);
  }

  #act(task: number, { target, code, key, value }: Act): unknown {
    const structure = this.#find(task, target);
    if (code > 23) return this.#iterators[task]?.next();
    if (Array.isArray(structure)) return this.#onArray(task, structure, code, key, this.#value(task, value));
    if (structure instanceof Map) return this.#onMap(task, structure, code, this.#key(key), this.#value(task, value));
    if (structure instanceof Set) return this.#onSet(task, structure, code, this.#value(task, value));
    if (typeof structure !== 'object' || structure === null) return structure;
    return onObject(structure as Structure, code, KEYS[key % KEYS.length]!, this.#value(task, value));
  }

  #find(task: number, target: number): unknown {
    const path = PATHS[target];
    if (path === undefined) return this.#held[task];
    let found: unknown = this.#root;
    for (const step of path) found = found instanceof Map ? found.get(step) : (found as Structure | undefined)?.[step];
    return found;
  }

  #key(key: number): unknown {
    return KEYS[key] ?? this.#pool[0];
  }

  /** Primitive values, objects of the pool, and views of what is shared already. */
  #value(task: number, value: number): unknown {
    if (value < 3) return KEYS[value];
    if (value < 8) return this.#pool[value - 3];
    if (value === 8) return this.#held[task];
    return value === 9 ? this.#root.o : value;
  }

  #iterate(task: number, iterator: Iterator<unknown>): void {
    this.#iterators[task] = iterator;
  }

  #onArray(task: number, list: unknown[], code: number, at: number, value: unknown): unknown {
    const actions: (() => unknown)[] = [
      () => list[at % 3],
      () => (list[at % 5] = value),
      () => list.length,
      () => (list.length = at % 4),
      () => list.push(value),
      () => list.pop(),
      () => list.shift(),
      () => list.includes(value),
      () => list.indexOf(value),
      () => [...list],
      () => list.splice(at % 3, 1),
      () => Object.keys(list),
      () => Reflect.deleteProperty(list, at % 3),
      () => at % 3 in list,
      () => list.reverse(),
      () => list.at(-1),
      () => Reflect.has(list, 'length'),
      () => list.find((each) => each === value),
      () => list.concat(list).length,
      () => JSON.stringify(list).length,
      () => {
        this.#iterate(task, list.values());
      },
    ];
    return actions[code % actions.length]!();
  }

  #onMap(task: number, map: Map<unknown, unknown>, code: number, key: unknown, value: unknown): unknown {
    const actions: (() => unknown)[] = [
      () => map.get(key),
      () => map.set(key, value),
      () => map.has(key),
      () => map.delete(key),
      () => map.size,
      () => [...map.keys()],
      () => [...map],
      () => {
        map.clear();
      },
      () => map.get(value),
      () => map.set(value, key),
      () => map.delete(value),
      () => map.has(value),
      () => {
        const seen: unknown[] = [];
        map.forEach((each, at) => seen.push(each, at));
        return seen;
      },
      () => [...map.values()].length,
      () => {
        this.#iterate(task, map.entries());
      },
      () => {
        this.#iterate(task, map.keys());
      },
    ];
    return actions[code % actions.length]!();
  }

  #onSet(task: number, set: Set<unknown>, code: number, value: unknown): unknown {
    const actions: (() => unknown)[] = [
      () => set.has(value),
      () => set.add(value),
      () => set.delete(value),
      () => set.size,
      () => [...set],
      () => {
        set.clear();
      },
      () => {
        this.#iterate(task, set.values());
      },
    ];
    return actions[code % actions.length]!();
  }
}

function onObject(object: Structure, code: number, key: string, value: unknown): unknown {
  const actions: (() => unknown)[] = [
    () => object[key],
    () => (object[key] = value),
    () => key in object,
    () => Reflect.deleteProperty(object, key),
    () => Object.keys(object),
    () => ({ ...object }),
    () => Object.getOwnPropertyDescriptor(object, key)?.value as unknown,
    () => Object.hasOwn(object, key),
    () => Object.defineProperty(object, key, { value, configurable: true, enumerable: false, writable: true }),
    () => object.sum,
    () => (object.sum = 7),
    () => Object.assign(object, { a: value }),
    () => {
      const seen: string[] = [];
      for (const each in object) seen.push(each);
      return seen;
    },
    () => Object.defineProperty(object, key, { value: 1, configurable: true, writable: false }),
    () => Reflect.set(object, key, value),
  ];
  return actions[code % actions.length]!();
}

/** Content, order and identity as text. */
function snapshot(value: unknown): string {
  const numbers = new Map<object, number>();
  const write = (each: unknown): string => {
    if (typeof each !== 'object' || each === null) return typeof each === 'function' ? 'ƒ' : String(each);
    const raw = unwrap(each);
    const number = numbers.get(raw);
    if (number !== undefined) return `#${String(number)}`;
    numbers.set(raw, numbers.size);
    if (raw instanceof Map) return `Map(${[...raw].map(([k, v]) => `${write(k)}→${write(v)}`).join()})`;
    if (raw instanceof Set) return `Set(${[...raw].map(write).join()})`;
    const fields = Reflect.ownKeys(raw).map((key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(raw, key)!;
      const flags = `${descriptor.enumerable === true ? 'e' : ''}${descriptor.writable === true ? 'w' : ''}`;
      return `${String(key)}${flags}:${write(descriptor.value)}`;
    });
    return `${Array.isArray(raw) ? 'Array' : ''}{${fields.join()}}`;
  };
  return write(value);
}
