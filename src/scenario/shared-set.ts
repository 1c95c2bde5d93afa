import { SharedCollection, iterate, standIn } from './shared-collection.ts';
import { isObject } from './shareable.ts';
import { structureOf, type SharedWorld } from './shared-object.ts';

/** A Set that tells of each read and write. Its elements have no content beside that they are there. */
export class SharedSet extends SharedCollection<Set<unknown>> {
  constructor(shared: SharedWorld, raw: Set<unknown>, name: string) {
    super(shared, raw, name, 'set');
  }

  protected override standIn(key: PropertyKey): unknown {
    return METHODS.get(key);
  }

  add(element: unknown): void {
    const stored = this.find(this.shared.stored(element, () => this.keyPlace()));
    const had = this.raw.has(stored);
    this.touchEntry(stored, !had);
    if (!had) this.touchWhole(true);
    this.raw.add(stored);
  }

  /** With `other` a Set of this language version's own: what its elements and these are, in the same terms. */
  combine(operation: string, other: unknown): unknown {
    this.touchWhole(false);
    const mine = new Set([...this.raw].map((element) => this.shown(element)));
    const theirs = structureOf(other) === undefined && other instanceof Set ? new Set(this.#seen(other)) : other;
    return Reflect.apply(Reflect.get(Set.prototype, operation) as (other: unknown) => unknown, mine, [theirs]);
  }

  #seen(elements: Set<unknown>): unknown[] {
    return [...elements].map((each) => (isObject(each) ? (this.shared.viewOf(each) ?? each) : each));
  }
}

const method = (
  name: PropertyKey,
  act: (set: SharedSet, ...args: unknown[]) => unknown,
): readonly [PropertyKey, unknown] => [name, standIn(SharedSet, Set.prototype, name, act)];

/** Those that newer versions of Node have. */
const COMBINATIONS = [
  'union',
  'intersection',
  'difference',
  'symmetricDifference',
  'isSubsetOf',
  'isSupersetOf',
  'isDisjointFrom',
].filter((name) => name in Set.prototype);

const values = method('values', (set) => iterate(set, set.raw.values(), (element) => set.shown(element)));

const METHODS: ReadonlyMap<PropertyKey, unknown> = new Map([
  method('add', (set, element) => {
    set.add(element);
    return set.view;
  }),
  method('has', (set, element) => set.contains(element)),
  method('delete', (set, element) => set.remove(element)),
  method('clear', (set) => {
    set.clear();
  }),
  method('forEach', (set, callback, thisArg) => {
    set.touchWhole(false);
    set.raw.forEach((element) => {
      const seen = set.shown(element);
      Reflect.apply(callback as (...args: unknown[]) => void, thisArg, [seen, seen, set.view]);
    });
  }),
  method('entries', (set) => iterate(set, set.raw.values(), (element) => [set.shown(element), set.shown(element)])),
  values,
  ['keys', values[1]],
  [Symbol.iterator, values[1]],
  ...COMBINATIONS.map((name) => method(name, (set, other) => set.combine(name, other))),
]);
