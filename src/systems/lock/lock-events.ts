import { EventEmitter } from 'node:events';
import type { Grant } from './grant.ts';

/** A request that ended without a grant. */
export interface Abandoned {
  readonly resourceId: string;
  readonly agentId: string;
  readonly lockId: string;
  readonly reason: 'timed-out' | 'cancelled' | 'aborted' | 'closed';
}

/** The events of a `LockManager`, in the order in which things happened. */
export interface LockEvents {
  granted: [grant: Grant];
  renewed: [grant: Grant];
  released: [grant: Grant];
  /** The manager has noticed the end of a lease: at once if somebody waits, else at its next call. */
  expired: [grant: Grant];
  abandoned: [request: Abandoned];
}

/** An event emitter that delivers only when told to, and whose listeners can not harm the one who emits. */
export class LockEventEmitter extends EventEmitter<LockEvents> {
  #outbox: (() => void)[] = [];

  /** Keeps an event for {@link deliver}; costs next to nothing if nobody listens. */
  protected note<K extends keyof LockEvents>(name: K, make: () => LockEvents[K]): void {
    if (this.listenerCount(name) === 0) return;
    const event = make();
    this.#outbox.push(() => {
      // The emitter's own types can not see that the arguments of one generic event fit that event.
      (this.emit as (name: string, ...event: unknown[]) => boolean).call(this, name, ...event);
    });
  }

  /**
   * Emits what was noted. Called when the state is final, so that a listener may call back into the manager; a
   * listener's error is thrown on its own, because the caller must not lose its grant over it.
   */
  protected deliver(): void {
    while (this.#outbox.length > 0) {
      const outbox = this.#outbox;
      this.#outbox = [];
      for (const emit of outbox) {
        try {
          emit();
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    }
  }
}
