import { AbortWatch } from './abort-watch.ts';
import { Alarm } from './alarm.ts';
import { requireDuration, requireName, requireToken, requireWait } from './argument-check.ts';
import { FinishedRequests } from './finished-requests.ts';
import type { Grant, GrantKey } from './grant.ts';
import { Held, LockBook, Waiter, type Claim } from './lock-book.ts';
import { LockError } from './lock-error.ts';
import { LockEventEmitter } from './lock-events.ts';
import type { PendingGrant } from './pending-grant.ts';
import * as refusal from './lock-refusals.ts';

export interface LockManagerOptions {
  /**
   * Token of the first grant; 1 by default. A manager that replaces a crashed one must start above every token that
   * one has given, and must not start before the longest of its leases has ended.
   */
  readonly firstToken?: number;
  /** How long (ms) the end of a named request is remembered, to answer late copies of it; 60,000 by default. */
  readonly rememberMs?: number;
}

export interface AcquireOptions {
  /** How long to wait for the lock (ms); 0 asks once, Infinity waits for ever. */
  readonly waitMs: number;
  /** How long the grant lasts unless it is renewed (ms, finite). Counted from the grant, whatever the wait was. */
  readonly leaseMs: number;
  /** Ends the waiting. After the grant it has no effect: the lock is then the caller's, to be released. */
  readonly signal?: AbortSignal | undefined;
  /**
   * A name, unique among all requests of all agents, which makes the request idempotent: repeating it joins the
   * request that waits or returns the grant that it got. Must not start with '#'.
   */
  readonly requestId?: string | undefined;
}

/** A refusal is data and not an exception, so that a release in a `finally` does not hide the error on its way. */
export type ReleaseOutcome =
  { readonly status: 'released' } | { readonly status: 'refused'; readonly error: LockError };

/**
 * - `cancelled`: the request was waiting, and is gone;
 * - `released`: it had been granted, and the lock is free or has gone to the next;
 * - `finished`: it had ended before;
 * - `unknown`: never seen; remembered, so that it will be refused if it arrives after its cancellation.
 */
export type CancelStatus = 'cancelled' | 'released' | 'finished' | 'unknown';

/** What is known of one resource. `holder` may have outlived its lease by as much as the event loop lags. */
export interface LockInspection {
  readonly holder: Grant | undefined;
  readonly waiting: number;
}

const RELEASED: ReleaseOutcome = Object.freeze({ status: 'released' });

/**
 * Exclusive locks with deadlines, leases and fencing tokens.
 *
 * Time is monotonic (`performance.now()`), so steps of the wall clock do not matter, and it is the clock that decides,
 * not the timers: every call first ends what is over by now. Hence no grant after a deadline and no renewal after a
 * lease, however late the event loop is. A timer exists only while somebody waits.
 *
 * First come, first served, per resource. Enqueueing, cancelling and handing over are O(1) amortised.
 *
 * Not re-entrant: an agent that acquires what it holds waits like everybody else.
 *
 * Sources: leases: C. Gray and D. Cheriton, SOSP 1989. Fencing tokens: M. Kleppmann, "How to do distributed locking",
 * 2016.
 *
 * @example
 * const locks = new LockManager();
 * const grant = await locks.acquire('invoice-7', 'agent-a', { waitMs: 1_000, leaseMs: 30_000 });
 * try {
 *   store.write(grant.token, 'paid'); // a FencedResource, or a database that checks the token
 * } finally {
 *   locks.release(grant);
 * }
 * locks.close();
 */
export class LockManager extends LockEventEmitter {
  readonly #book: LockBook;
  readonly #finished: FinishedRequests;
  readonly #alarm: Alarm;
  readonly #aborts: AbortWatch<Waiter>;
  #nextLockId = 1;
  #closed = false;

  constructor(options: LockManagerOptions = {}) {
    super();
    const { firstToken = 1, rememberMs = 60_000 } = options;
    requireToken('firstToken', firstToken);
    requireWait('rememberMs', rememberMs);
    this.#finished = new FinishedRequests(rememberMs);
    this.#alarm = new Alarm(() => {
      const now = performance.now();
      this.#book.settle(now);
      this.#conclude(now);
    });
    this.#aborts = new AbortWatch((waiter) => {
      this.#abort(waiter);
    });
    this.#book = new LockBook(
      {
        granted: (held, waiter) => {
          if (waiter !== undefined) this.#pending(waiter).resolve(held.grant);
          this.note('granted', () => [held.grant]);
        },
        ended: (held, end, now) => {
          if (held.claim.named) this.#finished.add(held.claim.lockId, end, held.grant.token, now);
          this.note(end, () => [held.grant]);
        },
        left: (waiter, reason, now) => {
          const { resourceId, agentId, lockId, named } = waiter.claim;
          if (named && reason !== 'closed') this.#finished.add(lockId, reason, undefined, now);
          this.#pending(waiter).reject(refusal.left(waiter, reason));
          this.note('abandoned', () => [{ resourceId, agentId, lockId, reason }]);
        },
      },
      firstToken,
    );
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Waits for the lock of `resourceId`, at most `waitMs`, and holds it for `leaseMs` from then on.
   *
   * Rejects with a `LockError`: 'acquire-timeout', 'aborted' (its `cause` is the signal's reason), 'cancelled',
   * 'closed', 'invalid-argument', and for named requests 'request-reused', 'request-finished', 'lease-expired'.
   * The promise settles exactly once: a request that has been rejected holds nothing and never will.
   */
  acquire(resourceId: string, agentId: string, options: AcquireOptions): Promise<Grant> {
    const { waitMs, leaseMs, signal, requestId } = options;
    const invalid = invalidAcquire(resourceId, agentId, options);
    if (invalid !== undefined) return Promise.reject(invalid);
    if (this.#closed) return Promise.reject(refusal.closed());
    if (signal?.aborted === true) return Promise.reject(refusal.aborted(resourceId, signal.reason));
    const now = performance.now();
    this.#book.settle(now);
    const named = requestId !== undefined;
    const lockId = requestId ?? `#${this.#nextLockId++}`;
    const claim: Claim = { resourceId, agentId, lockId, leaseMs, named };
    const answer = (named ? this.#repeated(claim, now) : undefined) ?? this.#enter(claim, waitMs, signal, now);
    this.#conclude(now);
    return answer;
  }

  /**
   * Lets the lease of a grant end `leaseMs` (the grant's own by default) from now; it is never shortened. Returns the
   * grant with its new `expiresAt`; the old object still serves to release it.
   *
   * Throws a `LockError` if the lease is over: 'lease-expired', 'not-owner' or 'closed'.
   */
  renew(grant: GrantKey & { readonly leaseMs?: number }, leaseMs?: number): Grant {
    if (leaseMs !== undefined) requireDuration('leaseMs', leaseMs);
    const now = performance.now();
    this.#book.settle(now);
    const held = this.#ownedBy(grant);
    if (held === undefined) {
      this.#conclude(now);
      throw this.#notHeld(grant, now);
    }
    const renewed = this.#book.renew(held, leaseMs ?? held.claim.leaseMs, now);
    this.note('renewed', () => [renewed]);
    this.#conclude(now);
    return renewed;
  }

  /**
   * Gives the lock back, and hands it over to the first waiter in the same step. Refused, and without effect, unless
   * lockId and token are those of the holder ('lease-expired', 'not-owner' or 'closed'). A named request may be released twice: the copy succeeds, too.
   */
  release(grant: GrantKey): ReleaseOutcome {
    const now = performance.now();
    this.#book.settle(now);
    const held = this.#ownedBy(grant);
    if (held !== undefined) this.#book.end(held, 'released', now);
    this.#conclude(now);
    if (held !== undefined) return RELEASED;
    const finished = this.#finished.get(grant.lockId, now);
    if (finished?.end === 'released' && finished.token === grant.token) return RELEASED;
    return { status: 'refused', error: this.#notHeld(grant, now) };
  }

  /**
   * Withdraws a named request in whatever state it is, the granted one included: for a caller that has given up and
   * can not know how far its request had come. Idempotent, and may overtake the request itself.
   */
  cancel(requestId: string): CancelStatus {
    requireRequestId(requestId);
    if (this.#closed) return 'finished';
    const now = performance.now();
    // Before settling, which could grant the lock to the one who is about to leave.
    const found = this.#book.named(requestId);
    if (found instanceof Waiter) this.#book.leave(found, 'cancelled', now);
    this.#book.settle(now);
    let status: CancelStatus = 'cancelled';
    if (found instanceof Held && !found.over) {
      this.#book.end(found, 'released', now);
      status = 'released';
    } else if (!(found instanceof Waiter)) {
      status = this.#finished.get(requestId, now) === undefined ? 'unknown' : 'finished';
      if (status === 'unknown') this.#finished.add(requestId, 'cancelled', undefined, now);
    }
    this.#conclude(now);
    return status;
  }

  /** Whether the grant still holds its lock, by the clock. Changes nothing. */
  isHeld(grant: GrantKey): boolean {
    const held = this.#ownedBy(grant);
    return held !== undefined && performance.now() < held.at;
  }

  /** Who is on the book for a resource, for monitoring and for invariants. Changes nothing. */
  inspect(resourceId: string): LockInspection {
    return { holder: this.#book.holder(resourceId)?.grant, waiting: this.#book.queueLength(resourceId) };
  }

  /** Rejects all waiters with 'closed', forgets all grants, refuses everything from now on. Leaves no timer. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#book.close(performance.now());
    this.#finished.clear();
    this.#alarm.clear();
    this.deliver();
  }

  #enter(claim: Claim, waitMs: number, signal: AbortSignal | undefined, now: number): Promise<Grant> {
    const entered = this.#book.enter(claim, waitMs, now);
    if (entered instanceof Held) return Promise.resolve(entered.grant);
    if (entered === undefined) {
      if (claim.named) this.#finished.add(claim.lockId, 'timed-out', undefined, now);
      return Promise.reject(refusal.timedOut(claim.resourceId, waitMs));
    }
    if (signal !== undefined) {
      entered.pending.signal = signal;
      this.#aborts.add(signal, entered);
    }
    return entered.pending.promise;
  }

  /** The answer to a named request that has been seen before, or undefined. */
  #repeated(claim: Claim, now: number): Promise<Grant> | undefined {
    const found = this.#book.named(claim.lockId);
    if (found === undefined) {
      const finished = this.#finished.get(claim.lockId, now);
      return finished && Promise.reject(refusal.finished(claim.lockId, finished.end));
    }
    if (found.claim.resourceId !== claim.resourceId || found.claim.agentId !== claim.agentId) {
      return Promise.reject(refusal.reused(claim, found.claim));
    }
    return found instanceof Held ? Promise.resolve(found.grant) : found.pending.promise;
  }

  /** The promise of a waiter that is about to settle. */
  #pending(waiter: Waiter): PendingGrant {
    const { pending } = waiter;
    if (pending.signal !== undefined) this.#aborts.remove(pending.signal, waiter);
    return pending;
  }

  #abort(waiter: Waiter): void {
    const now = performance.now();
    // Before settling, for the same reason as in cancel().
    this.#book.leave(waiter, 'aborted', now);
    this.#book.settle(now);
    this.#conclude(now);
  }

  #ownedBy(grant: GrantKey): Held | undefined {
    const held = this.#book.holder(grant.resourceId);
    return held?.grant.lockId === grant.lockId && held.grant.token === grant.token ? held : undefined;
  }

  #notHeld(grant: GrantKey, now: number): LockError {
    if (this.#closed) return refusal.closed();
    const expired =
      this.#finished.get(grant.lockId, now)?.end === 'expired' ||
      ('expiresAt' in grant && typeof grant.expiresAt === 'number' && grant.expiresAt <= now);
    return refusal.notHeld(grant, expired, this.#book.holder(grant.resourceId));
  }

  /** The end of every call: only now is the state final, so only now does anybody hear of it. */
  #conclude(now: number): void {
    if (this.#book.waiting === 0) this.#alarm.clear();
    else this.#alarm.ringBy(this.#book.nextDeadline(), now);
    this.deliver();
  }
}

function invalidAcquire(resourceId: string, agentId: string, options: AcquireOptions): LockError | undefined {
  try {
    requireName('resourceId', resourceId);
    requireName('agentId', agentId);
    requireWait('waitMs', options.waitMs);
    requireDuration('leaseMs', options.leaseMs);
    if (options.requestId !== undefined) requireRequestId(options.requestId);
    return undefined;
  } catch (error) {
    if (error instanceof LockError) return error;
    throw error;
  }
}

function requireRequestId(requestId: unknown): asserts requestId is string {
  requireName('requestId', requestId);
  // '#' begins the ids that the manager gives itself.
  if (requestId.startsWith('#')) {
    throw new LockError('invalid-argument', {
      expected: "a requestId that does not start with '#'",
      received: requestId,
      nextStep: 'choose another, for instance a UUID',
    });
  }
}
