/**
 * Specimen: the distributed lock of seed 000 (B6) as that document found it, before its fix. Kept because it is wrong.
 *
 * The document prints only the fixed code; this is that code without its "FIX B6" lines.
 *
 * Lines marked "completed" are not in the document, which elides them; the finding says whether it rests on one.
 * The mark of a line that opens a block stands on the line below it.
 *
 * Completed as follows, each being what the printed parts suggest:
 * - the lock's record keeps the same `expiresAt` as the waiter: the printed waiter carries nothing else to take it from;
 * - a lock past its `expiresAt` counts as free when somebody acquires; nothing else ends it (no sweep is documented);
 * - the printed deadline check runs in a timer set when the waiter is queued; the printed waiter has no field to keep
 *   that timer in, so nobody can clear it;
 * - an expired waiter met by `_processQueue` is rejected, and the next one is tried.
 */

export interface Lock {
  // completed
  lockId: string; // completed
  resourceId: string; // completed
  agentId: string; // completed
  expiresAt: number; // completed
}

interface Waiter {
  lockId: string;
  agentId: string;
  expiresAt: number;
  resolve: (lock: Lock) => void;
  reject: (error: Error) => void;
}

export class LockTimeoutError extends Error {
  // completed
  override readonly name: string = 'LockTimeoutError'; // completed
}

export class DistributedLock {
  readonly locks: Map<string, Lock> = new Map<string, Lock>(); // completed
  readonly lockQueue: Map<string, Waiter[]> = new Map<string, Waiter[]>();
  private lockCounter = 0; // completed

  /** @param timeout how long to wait for the lock (ms); the printed code has no other duration. */
  async acquire(resourceId: string, agentId: string, timeout: number = 30_000): Promise<Lock> {
    // completed
    const lockId = `lock-${++this.lockCounter}`; // completed
    const expiresAt = Date.now() + timeout; // completed

    if (!this._isLocked(resourceId)) {
      // completed
      const lock = { lockId, resourceId, agentId, expiresAt }; // completed
      this.locks.set(resourceId, lock); // completed
      return lock; // completed
    }

    return new Promise((resolve, reject) => {
      // completed
      if (!this.lockQueue.has(resourceId)) this.lockQueue.set(resourceId, []); // completed
      this.lockQueue.get(resourceId)!.push({
        lockId,
        agentId,
        expiresAt,
        resolve,
        reject,
      });

      setTimeout(() => {
        // completed
        if (Date.now() >= expiresAt) {
          this._removeFromQueue(resourceId, lockId);
          reject(new LockTimeoutError(`Timed out waiting for ${resourceId}`)); // completed
        }
      }, timeout); // completed
    });
  }

  /** Gives the lock back and lets the next waiter have it. Throws if `lockId` does not hold it. */
  async release(resourceId: string, lockId: string): Promise<void> {
    // completed
    const lock = this.locks.get(resourceId); // completed
    if (lock?.lockId !== lockId) throw new Error(`Lock ${lockId} does not hold ${resourceId}`); // completed
    this.locks.delete(resourceId); // completed
    await this._processQueue(resourceId); // completed
  }

  private _isLocked(resourceId: string): boolean {
    // completed
    const lock = this.locks.get(resourceId); // completed
    return lock !== undefined && Date.now() < lock.expiresAt; // completed
  }

  private _removeFromQueue(resourceId: string, lockId: string): void {
    // completed
    const queue = this.lockQueue.get(resourceId); // completed
    const index = queue?.findIndex((each) => each.lockId === lockId) ?? -1; // completed
    if (index >= 0) queue!.splice(index, 1); // completed
  }

  async _processQueue(resourceId: string): Promise<void> {
    const queue = this.lockQueue.get(resourceId); // completed
    if (!queue || queue.length === 0) return; // completed
    const waiter = queue.shift()!;

    // Check expiration, then grant if valid
    if (Date.now() >= waiter.expiresAt) {
      waiter.reject(new LockTimeoutError(`Timed out waiting for ${resourceId}`)); // completed
      await this._processQueue(resourceId); // completed
      return; // completed
    }
    const { lockId, agentId, expiresAt } = waiter; // completed
    const lock = { lockId, resourceId, agentId, expiresAt }; // completed
    this.locks.set(resourceId, lock); // completed
    waiter.resolve(lock); // completed
  }
}
