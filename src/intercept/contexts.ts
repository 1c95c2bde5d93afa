import asyncHooks, { AsyncLocalStorage } from 'node:async_hooks';
import type { InContext } from '../kernel/event.ts';
import { replace } from './replace.ts';

let stores = 0;

/** Counts the stores that code under test creates: while there is none, nobody can tell contexts apart. */
export function interceptAsyncLocalStorage(): void {
  const Real = AsyncLocalStorage;
  class CountedAsyncLocalStorage<T> extends Real<T> {
    constructor(...args: ConstructorParameters<typeof Real<T>>) {
      super(...args);
      stores += 1;
    }
  }
  Object.defineProperty(CountedAsyncLocalStorage, 'name', { value: 'AsyncLocalStorage' });
  replace(asyncHooks, 'AsyncLocalStorage', CountedAsyncLocalStorage);
}

/**
 * How events keep the async context of who queued them; null while that cannot be observed. Asked event by event:
 * the first store may be created in the middle of a run.
 */
export function contextCapture(): InContext | null {
  return stores === 0 ? null : AsyncLocalStorage.snapshot();
}
