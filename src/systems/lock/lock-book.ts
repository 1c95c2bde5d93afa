import { Deadlines, type Deadline } from './deadlines.ts';
import type { Grant } from './grant.ts';
import { PendingGrant } from './pending-grant.ts';
import { WaitQueue, type Linked } from './wait-queue.ts';

/** What somebody asks for. */
export interface Claim {
  readonly resourceId: string;
  readonly agentId: string;
  readonly lockId: string;
  readonly leaseMs: number;
  /** Whether the caller chose `lockId` (a request id) and may refer to it again. */
  readonly named: boolean;
}

/** One resource that is held; one that is not has no record. */
interface Resource {
  holder: Held | undefined;
  readonly waiters: WaitQueue<Waiter>;
}

/** A claim that holds its resource until `at`. */
export class Held implements Deadline {
  readonly claim: Claim;
  readonly resource: Resource;
  grant: Grant;
  at: number;
  over = false;

  constructor(claim: Claim, resource: Resource, grant: Grant) {
    this.claim = claim;
    this.resource = resource;
    this.grant = grant;
    this.at = grant.expiresAt;
  }
}

/** A claim that waits for its resource until `at`. */
export class Waiter implements Deadline, Linked<Waiter> {
  readonly claim: Claim;
  readonly resource: Resource;
  readonly waitMs: number;
  /** What the caller waits on. The book itself never touches it. */
  readonly pending: PendingGrant = new PendingGrant();
  at: number;
  over = false;
  previous: Waiter | undefined = undefined;
  next: Waiter | undefined = undefined;

  constructor(claim: Claim, resource: Resource, waitMs: number, now: number) {
    this.claim = claim;
    this.resource = resource;
    this.waitMs = waitMs;
    this.at = now + waitMs;
  }
}

/** Told what happens in a {@link LockBook}, at once; it must not call back into the book. */
export interface BookObserver {
  granted(held: Held, waiter: Waiter | undefined): void;
  ended(held: Held, end: 'released' | 'expired', now: number): void;
  /** A waiter is gone without a grant. */
  left(waiter: Waiter, end: 'timed-out' | 'cancelled' | 'aborted' | 'closed', now: number): void;
}

/**
 * Who holds and who waits: the whole state of a lock manager, without promises, timers or clocks. Every method is
 * synchronous and is given the time (ms, monotonic), so all that the manager promises can be read off this file.
 *
 * Invariants, between any two calls:
 * - a resource with waiters has a holder, so a free lock never has waiters and a newcomer can not overtake;
 * - a resource has at most one holder, and tokens grow from grant to grant;
 * - after `settle(now)` no deadline in the book is <= now.
 */
export class LockBook {
  readonly #observer: BookObserver;
  readonly #resources = new Map<string, Resource>();
  readonly #deadlines = new Deadlines<Held | Waiter>();
  readonly #named = new Map<string, Held | Waiter>();
  #nextToken: number;
  #waiting = 0;

  constructor(observer: BookObserver, firstToken: number) {
    this.#observer = observer;
    this.#nextToken = firstToken;
  }

  /** Waiters of all resources together. */
  get waiting(): number {
    return this.#waiting;
  }

  holder(resourceId: string): Held | undefined {
    return this.#resources.get(resourceId)?.holder;
  }

  queueLength(resourceId: string): number {
    return this.#resources.get(resourceId)?.waiters.length ?? 0;
  }

  /** The claim in the book that its caller named `lockId`. */
  named(lockId: string): Held | Waiter | undefined {
    return this.#named.get(lockId);
  }

  /** When the book must be settled next (ms); Infinity if nothing will happen by itself. */
  nextDeadline(): number {
    return this.#deadlines.earliest();
  }

  /** Ends everything whose time has passed by the clock, whether or not a timer has noticed. */
  settle(now: number): void {
    for (let due = this.#deadlines.due(now); due !== undefined; due = this.#deadlines.due(now)) {
      if (due instanceof Waiter) this.leave(due, 'timed-out', now);
      else this.end(due, 'expired', now);
    }
  }

  /** Holds the resource if it is free, else waits for it; undefined if it is not free and `waitMs` is 0. */
  enter(claim: Claim, waitMs: number, now: number): Held | Waiter | undefined {
    let resource = this.#resources.get(claim.resourceId);
    if (resource === undefined) {
      resource = { holder: undefined, waiters: new WaitQueue() };
      this.#resources.set(claim.resourceId, resource);
      return this.#grant(resource, claim, undefined, now);
    }
    if (waitMs === 0) return undefined;
    const waiter = new Waiter(claim, resource, waitMs, now);
    resource.waiters.push(waiter);
    this.#deadlines.add(waiter);
    this.#waiting += 1;
    if (claim.named) this.#named.set(claim.lockId, waiter);
    return waiter;
  }

  /** Takes a waiter out of its queue. */
  leave(waiter: Waiter, end: 'timed-out' | 'cancelled' | 'aborted' | 'closed', now: number): void {
    this.#unqueue(waiter);
    if (waiter.claim.named) this.#named.delete(waiter.claim.lockId);
    this.#observer.left(waiter, end, now);
  }

  /** Postpones the end of a lease to `now + leaseMs`, never brings it forward. */
  renew(held: Held, leaseMs: number, now: number): Grant {
    // Renewals may overtake each other in a network. If the one for the shorter lease, arriving last, could shorten the
    // lease, then the holder, which has been promised the longer one, would believe in it after the manager's end.
    held.at = Math.max(held.at, now + leaseMs);
    held.grant = { ...held.grant, leaseMs, expiresAt: held.at };
    return held.grant;
  }

  /** Takes the resource from its holder and hands it over to the first waiter whose time has not passed. */
  end(held: Held, end: 'released' | 'expired', now: number): void {
    held.over = true;
    this.#deadlines.drop(held);
    const { claim, resource } = held;
    if (claim.named) this.#named.delete(claim.lockId);
    this.#observer.ended(held, end, now);
    // In the same step, or a newcomer could take what somebody waits for.
    for (let waiter = resource.waiters.first; waiter !== undefined; waiter = resource.waiters.first) {
      if (waiter.at <= now) {
        this.leave(waiter, 'timed-out', now);
      } else {
        this.#unqueue(waiter);
        this.#grant(resource, waiter.claim, waiter, now);
        return;
      }
    }
    resource.holder = undefined;
    this.#resources.delete(claim.resourceId);
  }

  /** Sends all waiters away and forgets everything. */
  close(now: number): void {
    for (const resource of this.#resources.values()) {
      for (let waiter = resource.waiters.first; waiter !== undefined; waiter = resource.waiters.first) {
        this.leave(waiter, 'closed', now);
      }
    }
    this.#resources.clear();
    this.#named.clear();
    this.#deadlines.clear();
  }

  #unqueue(waiter: Waiter): void {
    waiter.over = true;
    waiter.resource.waiters.remove(waiter);
    this.#deadlines.drop(waiter);
    this.#waiting -= 1;
  }

  #grant(resource: Resource, claim: Claim, waiter: Waiter | undefined, now: number): Held {
    const { resourceId, agentId, lockId, leaseMs } = claim;
    const token = this.#nextToken;
    this.#nextToken += 1;
    const held = new Held(claim, resource, { resourceId, lockId, agentId, token, leaseMs, expiresAt: now + leaseMs });
    resource.holder = held;
    this.#deadlines.add(held);
    if (claim.named) this.#named.set(lockId, held);
    this.#observer.granted(held, waiter);
    return held;
  }
}
