import { isObject } from './shareable.ts';
import { SharedCollection, iterate, standIn } from './shared-collection.ts';
import type { SharedWorld } from './shared-object.ts';

/** A Map that tells of each read and write. */
export class SharedMap extends SharedCollection<Map<unknown, unknown>> {
  constructor(shared: SharedWorld, raw: Map<unknown, unknown>, name: string) {
    super(shared, raw, name, 'map');
  }

  protected override standIn(key: PropertyKey): unknown {
    return METHODS.get(key);
  }

  override *parts(): Generator<readonly [part: object, place: string]> {
    // Keys first: values are called after them.
    yield* super.parts();
    for (const [key, value] of this.raw) if (isObject(value)) yield [value, this.#valuePlace(key)];
  }

  #valuePlace(key: unknown): string {
    return this.entryPlace(key) ?? this.name;
  }

  read(key: unknown): unknown {
    const stored = this.find(key);
    this.touchEntry(stored, false);
    return this.#value(stored, this.raw.get(stored));
  }

  #value(key: unknown, value: unknown): unknown {
    return isObject(value) ? this.shared.shown(value, () => this.#valuePlace(key)) : value;
  }

  write(key: unknown, value: unknown): void {
    const stored = this.find(this.shared.stored(key, () => this.keyPlace()));
    const raw = this.shared.stored(value, () => this.#valuePlace(stored));
    this.touchEntry(stored, true);
    if (!this.raw.has(stored)) this.touchWhole(true);
    this.raw.set(stored, raw);
  }

  /** An entry that an iteration visits. */
  visit(key: unknown, value: unknown): [key: unknown, value: unknown] {
    this.touchEntry(key, false);
    return [this.shown(key), this.#value(key, value)];
  }

  entries(): Iterator<unknown> {
    return iterate(this, this.raw.entries(), (item) => this.visit(...(item as [unknown, unknown])));
  }
}

const method = (
  name: PropertyKey,
  act: (map: SharedMap, ...args: unknown[]) => unknown,
): readonly [PropertyKey, unknown] => [name, standIn(SharedMap, Map.prototype, name, act)];

const entries = method('entries', (map) => map.entries());

const METHODS: ReadonlyMap<PropertyKey, unknown> = new Map([
  method('get', (map, key) => map.read(key)),
  method('set', (map, key, value) => {
    map.write(key, value);
    return map.view;
  }),
  method('has', (map, key) => map.contains(key)),
  method('delete', (map, key) => map.remove(key)),
  method('clear', (map) => {
    map.clear();
  }),
  method('forEach', (map, callback, thisArg) => {
    map.touchWhole(false);
    map.raw.forEach((value, key) => {
      const [seenKey, seenValue] = map.visit(key, value);
      Reflect.apply(callback as (...args: unknown[]) => void, thisArg, [seenValue, seenKey, map.view]);
    });
  }),
  method('keys', (map) => iterate(map, map.raw.keys(), (key) => map.shown(key))),
  method('values', (map) => iterate(map, map.raw.entries(), (item) => map.visit(...(item as [unknown, unknown]))[1])),
  entries,
  [Symbol.iterator, entries[1]],
]);
