import { EventEmitter } from 'node:events';

/** Event names mapped to the tuple of arguments their listeners receive. */
export type EventTuples<E> = Record<keyof E, unknown[]>;

/**
 * An event emitter for objects whose state must survive their listeners.
 *
 * Node's `emit` runs listeners in the middle of the caller's statement: one that throws aborts the state change that
 * announced it, and one that calls back into the object announces the later change before the rest have heard of the
 * earlier one. `announce` is called after the state is complete and keeps three promises:
 *
 * - listeners hear events in the order of the state changes, also when a listener causes the next one;
 * - what a listener throws does not reach the caller of the operation, nor keep the event from other listeners: it is
 *   thrown from a microtask of its own, which ends in `uncaughtException` (as Node's own `EventTarget` does);
 * - every listener registered when the event is delivered hears it exactly once.
 *
 * @example
 * ```ts
 * class Door extends Announcer<{ opened: [byWhom: string] }> {
 *   open(byWhom: string): void {
 *     this.announce('opened', byWhom);
 *   }
 * }
 * new Door().on('opened', (byWhom) => console.log(byWhom)).open('Ada');
 * ```
 */
export abstract class Announcer<E extends EventTuples<E>> extends EventEmitter<E> {
  readonly #undelivered: (() => void)[] = [];
  #delivering = false;

  protected announce<K extends keyof E & string>(name: K, ...payload: E[K]): void {
    this.#undelivered.push(() => {
      this.#deliver(name, payload);
    });
    if (this.#delivering) return;
    this.#delivering = true;
    for (let deliver = this.#undelivered.shift(); deliver !== undefined; deliver = this.#undelivered.shift()) {
      deliver();
    }
    this.#delivering = false;
  }

  #deliver(name: string, payload: unknown[]): void {
    // rawListeners, not listeners: the wrapper of a once() listener is what unregisters it.
    const listeners = (this as unknown as EventEmitter).rawListeners(name);
    for (const listener of listeners) {
      try {
        Reflect.apply(listener, this, payload);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
