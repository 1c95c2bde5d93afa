import type { Grant } from './grant.ts';
import type { LockError } from './lock-error.ts';

/** What a waiter's caller waits on. Settles once; what comes later has no effect. */
export class PendingGrant {
  readonly promise: Promise<Grant>;
  /** The signal that may end the waiting. */
  signal: AbortSignal | undefined;
  resolve!: (grant: Grant) => void;
  reject!: (error: LockError) => void;

  constructor() {
    this.promise = new Promise<Grant>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
