import type { Grant } from './grant.ts';
import type { LockError } from './lock-error.ts';

/** The promise of a waiter, with the abort signal that may end it. Settles once; what comes later has no effect. */
export class PendingGrant {
  readonly promise: Promise<Grant>;
  #resolve!: (grant: Grant) => void;
  #reject!: (error: LockError) => void;
  #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;

  constructor() {
    this.promise = new Promise<Grant>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Calls `onAbort` if the signal aborts before this is settled. */
  listen(signal: AbortSignal, onAbort: () => void): void {
    this.#signal = signal;
    this.#onAbort = onAbort;
    signal.addEventListener('abort', onAbort, { once: true });
  }

  resolve(grant: Grant): void {
    this.#unlisten();
    this.#resolve(grant);
  }

  reject(error: LockError): void {
    this.#unlisten();
    this.#reject(error);
  }

  /** What the signal that ended the waiting gave as its reason. */
  get abortReason(): unknown {
    return this.#signal?.reason as unknown;
  }

  // A signal that lives as long as the process must not collect a listener per acquire.
  #unlisten(): void {
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#onAbort = undefined;
  }
}
