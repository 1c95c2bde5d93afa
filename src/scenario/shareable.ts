import { HeddleError } from '../kernel/errors.ts';

/** What can be seen to be read and written. */
export type Shareable = 'object' | 'array' | 'map' | 'set';

/** What arrays, Maps and Sets inherit: their methods. It never changes, so that asking for it touches nothing. */
export const INHERITED: Readonly<Record<Shareable, object | null>> = {
  object: null,
  array: Array.prototype,
  map: Map.prototype,
  set: Set.prototype,
};

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Says no to what cannot be observed, or would not be as before once it is. `place` is where it lies. */
export function refuse(place: string, received: string, next: string): never {
  throw new HeddleError({
    code: 'NOT_SHAREABLE',
    expected: `plain objects, arrays, Maps, Sets and primitive values in what is shared, at ${place}`,
    received,
    next,
  });
}

/**
 * Which kind of structure `value` is.
 *
 * @throws HeddleError with code `NOT_SHAREABLE` if reads and writes of it cannot be seen.
 */
export function kindOf(value: object, place: string): Shareable {
  const kind = plainKind(value);
  if (kind === null) {
    refuse(place, nameOf(value), 'Keep it outside of what is shared, or share the data of it as a plain object.');
  }
  const inherited = INHERITED[kind];
  for (const key of Reflect.ownKeys(value)) refuseProperty(key, Reflect.getOwnPropertyDescriptor(value, key)!);
  return kind;

  function refuseProperty(key: PropertyKey, descriptor: PropertyDescriptor): void {
    if (inherited !== null) refuseShadow(inherited, key, place);
    refuseFixed(descriptor, place, key);
  }
}

/** A property of its own would hide a method. */
export function refuseShadow(inherited: object, key: PropertyKey, place: string): void {
  if (key === 'length' || !(key in inherited)) return;
  refuse(place, `its own ${String(key)} in the place of a method`, 'Call the property something else.');
}

/** Where JavaScript insists on the very object that was put there, no view of it can be given out. */
export function refuseFixed(descriptor: PropertyDescriptor, place: string, key: PropertyKey): void {
  const { configurable = false, writable = false } = descriptor;
  if (configurable || writable || !isObject(descriptor.value)) return;
  refuse(
    place,
    `a frozen property ${String(key)} with an object in it`,
    'Share it before it is frozen, or a copy of it.',
  );
}

function plainKind(value: object): Shareable | null {
  if (typeof value === 'function') return null;
  const prototype = Reflect.getPrototypeOf(value);
  if (prototype === Array.prototype) return Array.isArray(value) ? 'array' : null;
  // Classes that extend them have methods and fields that nobody sees.
  if (prototype === Map.prototype) return isA(Map.prototype, 'size', value) ? 'map' : null;
  if (prototype === Set.prototype) return isA(Set.prototype, 'size', value) ? 'set' : null;
  if (prototype !== null && !isObjectPrototype(prototype)) return null;
  // What has Object's prototype and yet is something else.
  const tag = Object.prototype.toString.call(value);
  return tag === '[object Object]' || Symbol.toStringTag in value ? 'object' : null;
}

/** Also that of another realm, such as a vm's. */
function isObjectPrototype(prototype: object): boolean {
  return Reflect.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

function isA(prototype: object, getter: string, value: object): boolean {
  try {
    Reflect.get(prototype, getter, value);
    return true;
  } catch {
    return false;
  }
}

function nameOf(value: object): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  const { constructor } = value;
  return typeof constructor === 'function' && constructor.name !== '' && constructor !== Object
    ? `an instance of ${constructor.name}`
    : 'an object with a prototype of its own';
}
