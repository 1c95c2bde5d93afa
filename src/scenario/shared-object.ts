import type { World } from '../kernel/world.ts';
import { INHERITED, isObject, refuse, refuseFixed, refuseShadow, type Shareable } from './shareable.ts';

/** What a structure needs of all that is shared in its world. */
export interface SharedWorld {
  readonly world: World;
  /** The view of `value`, if it is shared: it may be given as itself or as its view. */
  viewOf(value: object): object | undefined;
  /** What is to be seen of `value`, which was read from within a structure: of objects their view. */
  shown(value: unknown, place: () => string): unknown;
  /** What is to be stored of `value`, which belongs to a structure from now on: never a view. */
  stored(value: unknown, place: () => string): unknown;
  /** What a shared object is called. */
  nameOf(raw: object): string | undefined;
  /** Another number, for what has no name to be called by. */
  number(): number;
}

const structures = new WeakMap<object, SharedObject>();

/** The structure behind a view. */
export function structureOf(view: unknown): SharedObject | undefined {
  return isObject(view) ? structures.get(view) : undefined;
}

/** What is behind a view; anything else is itself. */
export function unwrap(value: object): object {
  return structures.get(value)?.raw ?? value;
}

/**
 * A plain object that tells the world of each read and write: what its view does. A property is a resource of its own,
 * present or absent; the structure as a whole is another, for what depends on which properties there are and in which
 * order.
 */
export class SharedObject<T extends object = object> implements ProxyHandler<T> {
  readonly raw: T;
  readonly name: string;
  readonly view: T;
  readonly shared: SharedWorld;
  /** What the structure as a whole is called: another resource than the place that it lies at. */
  readonly #whole: string;
  readonly #inherited: object | null;
  readonly #places = new Map<PropertyKey, string>();

  constructor(shared: SharedWorld, raw: T, name: string, kind: Shareable = 'object') {
    this.shared = shared;
    this.raw = raw;
    this.name = name;
    this.#whole = `keys of ${name}`;
    this.#inherited = INHERITED[kind];
    this.view = new Proxy(raw, this);
    structures.set(this.view, this);
  }

  /** The objects directly within, with what they will be called unless they have a name already. */
  *parts(): Generator<readonly [part: object, place: string]> {
    for (const key of Reflect.ownKeys(this.raw)) {
      const value: unknown = Reflect.getOwnPropertyDescriptor(this.raw, key)!.value;
      if (isObject(value)) yield [value, this.#place(key)];
    }
  }

  #place(key: PropertyKey): string {
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = `${this.name}.${String(key)}`));
    return place;
  }

  // --- telling -------------------------------------------------------------------------------------------------

  get listened(): boolean {
    const { world } = this.shared;
    return world.onTouch !== null || world.witness !== null;
  }

  touchWhole(writes: boolean): void {
    this.shared.world.touch(this.#whole, writes);
  }

  protected touchProperty(key: PropertyKey, writes: boolean): void {
    if (this.listened) this.shared.world.touch(this.#place(key), writes);
  }

  /** The property gets another value or other attributes. */
  protected touchChange(key: PropertyKey, _value: unknown): void {
    this.touchProperty(key, true);
    if (!Object.hasOwn(this.raw, key)) this.touchWhole(true);
  }

  // --- what the view does --------------------------------------------------------------------------------------

  get(target: T, key: string | symbol, receiver: unknown): unknown {
    if (this.#inherits(key)) return this.inheritedMember(key, receiver);
    this.touchProperty(key, false);
    const value: unknown = Reflect.get(target, key, receiver);
    if (!isObject(value)) return value;
    const view = this.shared.viewOf(value);
    if (view !== undefined) return view;
    // What a getter makes and what a prototype has are no part of the structure.
    const isPart = Reflect.getOwnPropertyDescriptor(target, key)?.value === value;
    return isPart ? this.shared.shown(value, () => this.#place(key)) : value;
  }

  #inherits(key: PropertyKey): boolean {
    return this.#inherited !== null && key !== 'length' && key in this.#inherited;
  }

  /** A method, or whatever else the prototype has: nobody can change it, so that nothing is touched. */
  protected inheritedMember(key: string | symbol, receiver: unknown): unknown {
    return Reflect.get(this.raw, key, receiver);
  }

  set(target: T, key: string | symbol, value: unknown, receiver: unknown): boolean {
    const own = Reflect.getOwnPropertyDescriptor(target, key);
    if (receiver !== this.view || own?.writable !== true) {
      this.touchProperty(key, false);
      // Calls a setter, or comes back as defineProperty.
      return Reflect.set(target, key, value, receiver);
    }
    const raw = this.shared.stored(value, () => this.#place(key));
    this.touchChange(key, raw);
    return Reflect.set(target, key, raw);
  }

  defineProperty(target: T, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    if (this.#inherited !== null) refuseShadow(this.#inherited, key, this.name);
    const raw = { ...descriptor };
    if ('value' in descriptor) raw.value = this.shared.stored(descriptor.value, () => this.#place(key));
    refuseFixed({ ...Reflect.getOwnPropertyDescriptor(target, key), ...raw }, this.name, key);
    this.touchChange(key, raw.value);
    return Reflect.defineProperty(target, key, raw);
  }

  deleteProperty(target: T, key: string | symbol): boolean {
    const had = Object.hasOwn(target, key);
    this.touchProperty(key, had);
    if (had) this.touchWhole(true);
    return Reflect.deleteProperty(target, key);
  }

  has(target: T, key: string | symbol): boolean {
    if (!this.#inherits(key)) this.touchProperty(key, false);
    return Reflect.has(target, key);
  }

  ownKeys(target: T): (string | symbol)[] {
    this.touchWhole(false);
    return Reflect.ownKeys(target);
  }

  getOwnPropertyDescriptor(target: T, key: string | symbol): PropertyDescriptor | undefined {
    this.touchProperty(key, false);
    const descriptor: PropertyDescriptor | undefined = Reflect.getOwnPropertyDescriptor<object, PropertyKey>(
      target,
      key,
    );
    if (isObject(descriptor?.value)) descriptor.value = this.shared.shown(descriptor.value, () => this.#place(key));
    return descriptor;
  }

  preventExtensions(): boolean {
    return refuse(this.name, 'a call that freezes or seals it', 'Freeze a copy.');
  }

  setPrototypeOf(target: T, prototype: object | null): boolean {
    if (prototype === Reflect.getPrototypeOf(target)) return true;
    return refuse(this.name, 'a call that gives it another prototype', 'Share an object that has it from the start.');
  }
}
