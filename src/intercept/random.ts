import crypto from 'node:crypto';
import type { Randomness } from '../kernel/randomness.ts';
import { world } from './current.ts';
import { invalidArgument, replace } from './replace.ts';

type Callback<T> = (error: Error | null, value: T) => void;

/** Delivers what an asynchronous crypto call produced, as a completion of the thread pool. */
function completed<T>(label: string, value: T, callback: Callback<T>): void {
  const here = world!;
  here.bind(
    here.complete(label, 0, 1, () => {
      callback(null, value);
    }),
  );
}

function bytes(random: Randomness, size: number): Buffer {
  const buffer = Buffer.alloc(size);
  random.fill(buffer);
  return buffer;
}

function view(target: ArrayBufferView | ArrayBuffer, offset = 0, size?: number): Uint8Array {
  const whole = ArrayBuffer.isView(target)
    ? new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
    : new Uint8Array(target);
  const scale = ArrayBuffer.isView(target) && 'BYTES_PER_ELEMENT' in target ? (target.BYTES_PER_ELEMENT as number) : 1;
  const start = offset * scale;
  return whole.subarray(start, size === undefined ? undefined : start + size * scale);
}

/** A version 4 UUID of RFC 9562. */
function uuid(random: Randomness): string {
  const data = bytes(random, 16);
  data[6] = (data[6]! & 0x0f) | 0x40;
  data[8] = (data[8]! & 0x3f) | 0x80;
  const hex = data.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function between(random: Randomness, min: number, max: number): number {
  if (!(max > min))
    throw new RangeError(`The value of "max" is out of range. It must be greater than ${min}. Received ${max}`);
  return min + Math.floor(random.random() * (max - min));
}

function interceptNodeCrypto(): void {
  const original = {
    randomBytes: crypto.randomBytes,
    randomFill: crypto.randomFill,
    randomFillSync: crypto.randomFillSync,
    randomInt: crypto.randomInt,
    randomUUID: crypto.randomUUID,
  };
  type AnyFunction = (...args: unknown[]) => unknown;
  const pass = (name: keyof typeof original, args: unknown[]): unknown => (original[name] as AnyFunction)(...args);
  const routed: Record<keyof typeof original, AnyFunction> = {
    randomBytes(...args) {
      if (world === null) return pass('randomBytes', args);
      const [size, callback] = args as [number, Callback<Buffer> | undefined];
      if (typeof size !== 'number') throw invalidArgument('size', 'of type number', size);
      const value = bytes(world.randomness, size);
      if (callback === undefined) return value;
      completed('crypto.randomBytes', value, callback);
      return undefined;
    },
    randomFillSync(...args) {
      if (world === null) return pass('randomFillSync', args);
      const [target, offset, size] = args as [ArrayBufferView, number | undefined, number | undefined];
      world.randomness.fill(view(target, offset, size));
      return target;
    },
    randomFill(...args) {
      if (world === null) return pass('randomFill', args);
      const callback = args.pop() as Callback<ArrayBufferView>;
      const [target, offset, size] = args as [ArrayBufferView, number | undefined, number | undefined];
      world.randomness.fill(view(target, offset, size));
      completed('crypto.randomFill', target, callback);
      return undefined;
    },
    randomInt(...args) {
      if (world === null) return pass('randomInt', args);
      const callback = typeof args.at(-1) === 'function' ? (args.pop() as Callback<number>) : undefined;
      const [min, max] = (args.length > 1 ? args : [0, args[0]]) as [number, number];
      const value = between(world.randomness, min, max);
      if (callback === undefined) return value;
      completed('crypto.randomInt', value, callback);
      return undefined;
    },
    randomUUID(...args) {
      return world === null ? pass('randomUUID', args) : uuid(world.randomness);
    },
  };
  for (const [name, dispatcher] of Object.entries(routed)) replace(crypto, name, dispatcher);
  for (const alias of ['pseudoRandomBytes', 'prng', 'rng']) {
    if (Object.getOwnPropertyDescriptor(crypto, alias)?.configurable === true)
      replace(crypto, alias, routed.randomBytes);
  }
}

function interceptWebCrypto(): void {
  const prototype = Object.getPrototypeOf(globalThis.crypto) as typeof globalThis.crypto;
  const { getRandomValues, randomUUID } = prototype;
  const routedValues = function (this: unknown, target: Uint8Array): unknown {
    if (world === null) return Reflect.apply(getRandomValues, globalThis.crypto, [target]);
    world.randomness.fill(view(target));
    return target;
  };
  replace(prototype, 'getRandomValues', routedValues);
  replace(prototype, 'randomUUID', () =>
    world === null ? Reflect.apply(randomUUID, globalThis.crypto, []) : uuid(world.randomness),
  );
  // node:crypto's own getRandomValues is a getter that reads the prototype: it follows.
}

/** Routes `Math.random` and every generator of `node:crypto` and Web Crypto. */
export function interceptRandomness(): void {
  const mathRandom = Math.random;
  replace(Math, 'random', () => (world === null ? mathRandom() : world.randomness.random()));
  interceptNodeCrypto();
  interceptWebCrypto();
}
