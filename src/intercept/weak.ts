import { world } from './current.ts';
import { replace } from './replace.ts';

/** Keeps alive, for as long as their world, the targets of weak references made during its run. */
const held = new WeakMap<object, object[]>();

function hold(target: object): void {
  if (world === null) return;
  const targets = held.get(world);
  if (targets === undefined) held.set(world, [target]);
  else targets.push(target);
}

/**
 * Takes garbage collection out of a run: a WeakRef made in it holds strongly, and finalizers registered in it do
 * not run (docs/event-loop.md, fact 14).
 */
export function interceptWeakReferences(): void {
  const RealWeakRef = WeakRef;
  const RealRegistry = FinalizationRegistry;
  class SimWeakRef<T extends WeakKey> extends RealWeakRef<T> {
    constructor(target: T) {
      super(target);
      hold(target as object);
    }
  }
  class SimFinalizationRegistry<T> extends RealRegistry<T> {
    override register(target: WeakKey, value: T, token?: WeakKey): void {
      if (world !== null) hold(target as object);
      else if (token === undefined) super.register(target, value);
      else super.register(target, value, token);
    }
  }
  Object.defineProperty(SimWeakRef, 'name', { value: 'WeakRef' });
  Object.defineProperty(SimFinalizationRegistry, 'name', { value: 'FinalizationRegistry' });
  replace(globalThis, 'WeakRef', SimWeakRef);
  replace(globalThis, 'FinalizationRegistry', SimFinalizationRegistry);
}
