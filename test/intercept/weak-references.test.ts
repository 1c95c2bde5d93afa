import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { resultOf, simulate } from '../in-world.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('garbage collection during a run', () => {
  test('the target of a weak reference made in the run lives as long as the run', async () => {
    const alive = await resultOf(
      () =>
        new Promise((resolve) => {
          const references = Array.from({ length: 100 }, (_, n) => new WeakRef({ n }));
          setTimeout(() => {
            collect();
            setImmediate(() => {
              collect();
              resolve(references.filter((reference) => reference.deref() !== undefined).length);
            });
          }, 1);
        }),
    );
    expect(alive).toBe(100);
  });

  test('finalizers that are registered in it do not run', async () => {
    const finalized: number[] = [];
    await simulate(() => {
      const registry = new FinalizationRegistry<number>((n) => finalized.push(n));
      for (let n = 0; n < 100; n += 1) registry.register({ n }, n);
      setTimeout(() => {
        collect();
      }, 1);
    });
    collect();
    await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(finalized).toEqual([]);
  });

  test('they still are what they are called, and unregister() is harmless', async () => {
    const seen = await resultOf(() => {
      const target = {};
      const token = {};
      const reference = new WeakRef(target);
      const registry = new FinalizationRegistry(() => undefined);
      registry.register(target, 1, token);
      registry.unregister(token);
      return [reference.deref() === target, reference instanceof WeakRef, WeakRef.name, FinalizationRegistry.name];
    });
    expect(seen).toEqual([true, true, 'WeakRef', 'FinalizationRegistry']);
  });

  test('outside of a run targets die and finalizers run', async () => {
    const finalized: number[] = [];
    const registry = new FinalizationRegistry<number>((n) => finalized.push(n));
    (() => {
      for (let n = 0; n < 100; n += 1) registry.register({ n }, n);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(finalized.length).toBeGreaterThan(0);
  });
});
