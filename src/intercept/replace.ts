/** Replaces a property in place, keeping its enumerability; getters of Node's own become plain values. */
export function replace(target: object, name: PropertyKey, value: unknown): void {
  const old = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: old?.enumerable ?? true,
  });
}

/** Replaces a getter in place. */
export function replaceGetter(target: object, name: PropertyKey, get: (this: unknown) => unknown): void {
  const old = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { ...old, get, configurable: true, enumerable: old?.enumerable ?? true });
}

/** The error Node throws for an argument of the wrong type. */
export function invalidArgument(name: string, expected: string, received: unknown): TypeError {
  const error = new TypeError(
    `The "${name}" argument must be ${expected}. Received ${received === null ? 'null' : typeof received}`,
  );
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
}
