import { FencedResource, LockManager } from 'heddle/systems';
import { DistributedLock as DocumentedLock } from './as-documented.ts';
import { DistributedLock as FoundLock } from './as-found.ts';

/** A grant as the scenarios see it. */
export interface Held {
  readonly id: string;
  /** Numbers the grants. The specimens have no such thing: there it serves the invariants alone. */
  readonly token: number;
}

/** What the scenarios ask of a lock, whatever its own interface looks like. */
export interface Locks {
  /** How often the specimen met a waiter that was marked as cancelled. */
  readonly flagSeen: number;
  /** Waits for the lock, at most `ms`; it is then wanted for as long as that. */
  acquire(resource: string, agent: string, ms: number, signal?: AbortSignal): Promise<Held>;
  release(resource: string, held: Held): Promise<void> | void;
  /** Who holds the resource now, by the lock's own book. */
  holder(resource: string): string | undefined;
  /** A write to the resource; throws if the resource can tell that the grant is stale. */
  write(held: Held): void;
  close(): void;
}

class Ours implements Locks {
  readonly flagSeen = 0;
  readonly #manager = new LockManager();
  readonly #resource = new FencedResource('r', '');

  async acquire(resource: string, agent: string, ms: number, signal?: AbortSignal): Promise<Held> {
    const grant = await this.#manager.acquire(resource, agent, { waitMs: ms, leaseMs: ms, signal });
    return { id: grant.lockId, token: grant.token };
  }

  release(resource: string, { id, token }: Held): void {
    const outcome = this.#manager.release({ resourceId: resource, lockId: id, token });
    if (outcome.status === 'refused') throw outcome.error;
  }

  holder(resource: string): string | undefined {
    return this.#manager.inspect(resource).holder?.agentId;
  }

  write({ token, id }: Held): void {
    this.#resource.write(token, id);
  }

  close(): void {
    this.#manager.close();
  }
}

class Specimen implements Locks {
  readonly #locks: FoundLock | DocumentedLock;
  #grants = 0;

  constructor(locks: FoundLock | DocumentedLock) {
    this.#locks = locks;
  }

  get flagSeen(): number {
    return this.#locks instanceof WatchedLock ? this.#locks.flagSeen : 0;
  }

  async acquire(resource: string, agent: string, ms: number): Promise<Held> {
    const { lockId } = await this.#locks.acquire(resource, agent, ms);
    this.#grants += 1;
    return { id: lockId, token: this.#grants };
  }

  release(resource: string, { id }: Held): Promise<void> {
    return this.#locks.release(resource, id);
  }

  holder(resource: string): string | undefined {
    const lock = this.#locks.locks.get(resource);
    return lock !== undefined && Date.now() < lock.expiresAt ? lock.agentId : undefined;
  }

  write(): void {
    // Nothing comes with the write that the resource could check.
  }

  close(): void {
    // The document has no way to end it.
  }
}

/** The documented lock with an eye on the step that its fix added. */
class WatchedLock extends DocumentedLock {
  flagSeen = 0;

  override _processQueue(resourceId: string): Promise<void> {
    if (this.lockQueue.get(resourceId)?.[0]?.cancelled === true) this.flagSeen += 1;
    return super._processQueue(resourceId);
  }
}

export const ours = (): Locks => new Ours();
export const asFound = (): Locks => new Specimen(new FoundLock());
export const asDocumented = (): Locks => new Specimen(new WatchedLock());
