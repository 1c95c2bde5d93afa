import { isObject, refuse } from './shareable.ts';
import { SharedObject, structureOf, unwrap } from './shared-object.ts';

/**
 * What Maps and Sets that tell of each read and write have in common: what there is under a key is a resource of its
 * own, present or absent; the structure as a whole is another, for what depends on which keys there are and in
 * which order.
 */
export abstract class SharedCollection<T extends Map<unknown, unknown> | Set<unknown>> extends SharedObject<T> {
  readonly #entries = new Map<unknown, string>();

  /** What the view has in the place of a method. */
  protected abstract standIn(key: PropertyKey): unknown;

  protected override inheritedMember(key: string | symbol, receiver: unknown): unknown {
    if (key === 'size') {
      this.touchWhole(false);
      return this.raw.size;
    }
    const standIn = this.standIn(key);
    if (standIn !== undefined) return standIn;
    const prototype = Reflect.getPrototypeOf(this.raw)!;
    const isMethod =
      key !== 'constructor' && typeof Reflect.getOwnPropertyDescriptor(prototype, key)?.value === 'function';
    if (!isMethod) return super.inheritedMember(key, receiver);
    return () => refuse(this.name, `a call of ${String(key)}`, 'Use get, set, has, delete and iteration.');
  }

  override *parts(): Generator<readonly [part: object, place: string]> {
    yield* super.parts();
    for (const key of this.raw.keys()) if (isObject(key)) yield [key, this.keyPlace()];
  }

  /** What an object that serves as a key is called, unless it has a name already. */
  keyPlace(): string {
    return `${this.name}{${String(this.shared.number())}}`;
  }

  /** What is under a key is called so; undefined for an object that nobody shares, and which so is no key here. */
  entryPlace(key: unknown): string | undefined {
    if (isObject(key)) {
      const name = this.shared.nameOf(unwrap(key));
      return name === undefined ? undefined : `${this.name}[${name}]`;
    }
    let place = this.#entries.get(key);
    if (place === undefined) this.#entries.set(key, (place = `${this.name}[${String(key)}]`));
    return place;
  }

  touchEntry(key: unknown, writes: boolean): void {
    if (!this.listened) return;
    const place = this.entryPlace(key);
    if (place === undefined) this.touchWhole(writes);
    else this.shared.world.touch(place, writes);
  }

  /** The key as it is stored: it may be asked for as itself or as its view, and was stored as either. */
  find(key: unknown): unknown {
    if (!isObject(key)) return key;
    const raw = unwrap(key);
    if (this.raw.has(raw)) return raw;
    const view = this.shared.viewOf(raw);
    return view !== undefined && this.raw.has(view) ? view : raw;
  }

  /** A key or a value, as it is seen from outside. */
  shown(value: unknown): unknown {
    return this.shared.shown(value, () => this.keyPlace());
  }

  contains(key: unknown): boolean {
    const stored = this.find(key);
    this.touchEntry(stored, false);
    return this.raw.has(stored);
  }

  remove(key: unknown): boolean {
    const stored = this.find(key);
    const had = this.raw.has(stored);
    this.touchEntry(stored, had);
    if (had) this.touchWhole(true);
    return this.raw.delete(stored);
  }

  clear(): void {
    this.touchWhole(true);
    if (this.listened) for (const key of this.raw.keys()) this.touchEntry(key, true);
    this.raw.clear();
  }
}

/**
 * A method of views: `act` on the structure behind the view. Borrowed for something else it is the original.
 */
export function standIn<S extends SharedObject>(
  kind: abstract new (...args: never[]) => S,
  prototype: object,
  name: PropertyKey,
  act: (structure: S, ...args: unknown[]) => unknown,
): (this: unknown, ...args: unknown[]) => unknown {
  const original = Reflect.get(prototype, name) as (...args: unknown[]) => unknown;
  return function method(this: unknown, ...args: unknown[]): unknown {
    const structure = structureOf(this);
    return structure instanceof kind ? act(structure, ...args) : Reflect.apply(original, this, args);
  };
}

const ITERATOR_PROTOTYPE = Reflect.getPrototypeOf(Reflect.getPrototypeOf(new Map().keys())!);

/** An iterator as Maps and Sets have them: live, and without a `return`, so that a loop that was left can be taken up again. */
export function iterate(
  structure: SharedObject,
  inner: Iterator<unknown>,
  seen: (item: unknown) => unknown,
): Iterator<unknown> {
  const next = (): IteratorResult<unknown> => {
    structure.touchWhole(false);
    const step = inner.next();
    return step.done === true ? { done: true, value: undefined } : { done: false, value: seen(step.value) };
  };
  const value = { value: next, writable: true, configurable: true };
  return Object.create(ITERATOR_PROTOTYPE, { next: value }) as Iterator<unknown>;
}
