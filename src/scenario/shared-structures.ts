import { HeddleError } from '../kernel/errors.ts';
import type { World } from '../kernel/world.ts';
import { isObject, kindOf } from './shareable.ts';
import { SharedArray } from './shared-array.ts';
import { SharedMap } from './shared-map.ts';
import { SharedObject, unwrap, type SharedWorld } from './shared-object.ts';
import { SharedSet } from './shared-set.ts';

/**
 * Written by whoever lets new objects in. Objects are called after the place where they were let in first, so that two
 * turns that let the same one in, at different places, are only known to have to do with each other by this.
 */
export const NEW_OBJECTS = 'objects that become shared';

/**
 * All that is shared in one world. Objects have names: by the place at which they became part of something shared.
 * They get them then, and not when somebody reads them, so that a name does not depend on who reads first.
 */
export class Shared implements SharedWorld {
  readonly world: World;
  readonly #structures = new WeakMap<object, SharedObject>();
  #number = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** A view of `object` that tells of reads and writes. */
  share<T extends object>(name: string, object: T): T {
    // Scenarios in plain JavaScript are not held to types.
    const given: unknown = name;
    if (typeof given !== 'string' || given === '') {
      throw new HeddleError({
        code: 'BAD_RESOURCE',
        expected: 'a name for what is shared',
        received: given === '' ? 'an empty one' : typeof given,
        next: "Call sim.shared('account', { balance: 0 }).",
      });
    }
    if (!isObject(object)) {
      throw new HeddleError({
        code: 'NOT_SHAREABLE',
        expected: `a plain object, an array, a Map or a Set as ${name}`,
        received: (object as unknown) === null ? 'null' : typeof object,
        next: 'Put the value into an object.',
      });
    }
    return this.shown(object, () => name) as T;
  }

  viewOf(value: object): object | undefined {
    return this.#structures.get(unwrap(value))?.view;
  }

  shown(value: unknown, place: () => string): unknown {
    if (!isObject(value)) return value;
    return this.viewOf(value) ?? this.#admit(unwrap(value), place()).view;
  }

  stored(value: unknown, place: () => string): unknown {
    if (!isObject(value)) return value;
    const raw = unwrap(value);
    if (!this.#structures.has(raw)) this.#admit(raw, place());
    return raw;
  }

  nameOf(raw: object): string | undefined {
    return this.#structures.get(raw)?.name;
  }

  number(): number {
    this.#number += 1;
    return this.#number;
  }

  /** Names an object and whatever is within: all of it, or nothing if some part cannot be observed. */
  #admit(object: object, name: string): SharedObject {
    this.world.touch(NEW_OBJECTS, true);
    const admitted: SharedObject[] = [];
    const admit = (raw: object, place: string): void => {
      if (this.#structures.has(raw)) return;
      const structure = this.#structure(raw, place);
      this.#structures.set(raw, structure);
      admitted.push(structure);
    };
    try {
      admit(object, name);
      for (const structure of admitted) for (const [part, place] of structure.parts()) admit(unwrap(part), place);
    } catch (error) {
      for (const { raw } of admitted) this.#structures.delete(raw);
      throw error;
    }
    return admitted[0]!;
  }

  #structure(raw: object, name: string): SharedObject {
    switch (kindOf(raw, name)) {
      case 'object':
        return new SharedObject(this, raw, name);
      case 'array':
        return new SharedArray(this, raw as unknown[], name);
      case 'map':
        return new SharedMap(this, raw as Map<unknown, unknown>, name);
      case 'set':
        return new SharedSet(this, raw as Set<unknown>, name);
    }
  }
}
