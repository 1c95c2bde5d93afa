interface Watched<T> {
  readonly watchers: Set<T>;
  readonly onAbort: () => void;
}

/**
 * Tells many watchers that a signal has aborted, through one listener per signal: an EventTarget searches its list for
 * every listener that is added or removed, which makes 100,000 waiters under one signal quadratic.
 */
export class AbortWatch<T> {
  readonly #onAbort: (watcher: T) => void;
  readonly #watched = new Map<AbortSignal, Watched<T>>();

  constructor(onAbort: (watcher: T) => void) {
    this.#onAbort = onAbort;
  }

  add(signal: AbortSignal, watcher: T): void {
    const known = this.#watched.get(signal);
    if (known !== undefined) {
      known.watchers.add(watcher);
      return;
    }
    const watchers = new Set([watcher]);
    const onAbort = (): void => {
      this.#watched.delete(signal);
      // A watcher that is removed meanwhile is not reached: a Set is iterated live.
      for (const each of watchers) this.#onAbort(each);
    };
    this.#watched.set(signal, { watchers, onAbort });
    signal.addEventListener('abort', onAbort, { once: true });
  }

  /** A signal that outlives its watchers keeps no listener. */
  remove(signal: AbortSignal, watcher: T): void {
    const known = this.#watched.get(signal);
    if (!known?.watchers.delete(watcher) || known.watchers.size > 0) return;
    this.#watched.delete(signal);
    signal.removeEventListener('abort', known.onAbort);
  }
}
