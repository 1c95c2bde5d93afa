import { Alarm } from './alarm.ts';
import { ask, call } from './ask.ts';
import { LockError } from './lock-error.ts';
import type { ReleaseOutcome } from './lock-manager.ts';
import { readGrant, readReply, type LockTransport } from './lock-wire.ts';

/** What a client's leases have in common. */
export interface LeaseTerms {
  readonly transport: LockTransport;
  readonly leaseMs: number;
  readonly maxDriftRatio: number;
  readonly timerLagMs: number;
  readonly resendMs: number;
  /** Aborts when the client closes. */
  readonly closing: AbortSignal;
}

export interface LeaseStart {
  readonly resourceId: string;
  readonly lockId: string;
  readonly token: number;
  /** See {@link validUntil}. */
  readonly validUntil: number;
}

/**
 * How long this process may believe in a lease that its manager said had `leaseMs` left, in answer to a message sent at
 * `sentAt`: the manager made its reply after that, and its clock runs at most `1 + maxDriftRatio` times as fast.
 * (Gray & Cheriton, SOSP 1989, section 5.)
 */
export function validUntil(sentAt: number, leaseMs: number, maxDriftRatio: number): number {
  return sentAt + leaseMs / (1 + maxDriftRatio);
}

/**
 * A lock held through a `LockClient`. It renews itself until it is released.
 *
 * If renewal fails, `signal` aborts before the lease can have ended at the manager, provided that timers are not later
 * than the declared `timerLagMs`. A process that was paused for longer learns it too late by the signal, so ask
 * `isHeld()`, which judges by the clock, before a step that matters, and send `token` along with it.
 */
export class LockLease {
  readonly resourceId: string;
  readonly lockId: string;
  /** Fencing token. */
  readonly token: number;
  readonly #terms: LeaseTerms;
  readonly #loss = new AbortController();
  readonly #alarm: Alarm;
  readonly #onEnd: (lease: LockLease) => void;
  #validUntil: number;
  #renewAt: number;
  #ended = false;
  #released: Promise<ReleaseOutcome> | undefined;

  constructor(start: LeaseStart, terms: LeaseTerms, onEnd: (lease: LockLease) => void) {
    this.resourceId = start.resourceId;
    this.lockId = start.lockId;
    this.token = start.token;
    this.#terms = terms;
    this.#onEnd = onEnd;
    this.#validUntil = start.validUntil;
    const now = performance.now();
    this.#renewAt = now + this.#renewEvery;
    this.#alarm = new Alarm(() => {
      this.#wake();
    });
    this.#arm(now);
  }

  /** Aborts when the lock is lost, with a `LockError` as its reason; not when it is released. */
  get signal(): AbortSignal {
    return this.#loss.signal;
  }

  /** How much longer (ms) the lock is held for sure, by this process's clock; 0 once it is lost or released. */
  remainingMs(): number {
    if (this.#ended) return 0;
    const left = this.#validUntil - this.#terms.timerLagMs - performance.now();
    if (left > 0) return left;
    // Once it has been said to be over it must not come back with a late renewal.
    this.lose(this.#expired());
    return 0;
  }

  isHeld(): boolean {
    return this.remainingMs() > 0;
  }

  /** Throws the `LockError` of the loss, or 'not-owner' after the release. */
  assertHeld(): void {
    if (this.isHeld()) return;
    this.signal.throwIfAborted();
    throw new LockError('not-owner', {
      expected: `lock ${this.lockId} to hold ${this.resourceId}`,
      received: 'a lease that has been released',
      nextStep: 'acquire the lock again',
    });
  }

  /**
   * Gives the lock back. Never rejects: if the manager can not be reached while the lease lasts, the outcome is a
   * refusal with 'unreachable', and the lease ends by itself.
   */
  release(): Promise<ReleaseOutcome> {
    this.#released ??= this.#release();
    return this.#released;
  }

  /** Ends the lease on this side. For the client; a second call has no effect. */
  lose(reason: LockError): void {
    if (!this.#end()) return;
    this.#loss.abort(reason);
  }

  async #release(): Promise<ReleaseOutcome> {
    this.#end();
    const { transport, resendMs, closing } = this.#terms;
    // A lease that has just been lost is released as well: the manager's may last a little longer.
    const giveUpAt = Math.max(this.#validUntil, performance.now() + resendMs);
    try {
      const args = { resourceId: this.resourceId, requestId: this.lockId, token: this.token };
      const { reply } = await ask(transport, 'release', () => args, { resendMs, giveUpAt, signals: [closing] });
      readReply(reply);
      return { status: 'released' };
    } catch (error) {
      return { status: 'refused', error: error as LockError };
    }
  }

  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#alarm.clear();
    this.#onEnd(this);
    return true;
  }

  /** Three tries per lease, so that one or two lost messages do no harm. */
  get #renewEvery(): number {
    const { leaseMs, maxDriftRatio, timerLagMs } = this.#terms;
    return (validUntil(0, leaseMs, maxDriftRatio) - timerLagMs) / 3;
  }

  #arm(now: number): void {
    this.#alarm.ringBy(Math.min(this.#renewAt, this.#validUntil - this.#terms.timerLagMs), now);
  }

  #wake(): void {
    if (!this.isHeld()) return;
    const now = performance.now();
    if (now >= this.#renewAt) {
      this.#renewAt = now + this.#renewEvery;
      void this.#renew(now);
    }
    this.#arm(now);
  }

  async #renew(sentAt: number): Promise<void> {
    const { transport, leaseMs, maxDriftRatio } = this.#terms;
    const args = { resourceId: this.resourceId, requestId: this.lockId, token: this.token, leaseMs };
    let reply: unknown;
    try {
      reply = await call(transport, 'renew', args);
    } catch {
      // A lost message. The next one goes out in time; if none gets through, the alarm announces the loss.
      return;
    }
    if (this.#ended) return;
    try {
      const renewed = readGrant(reply);
      this.#validUntil = Math.max(this.#validUntil, validUntil(sentAt, renewed.leaseMs, maxDriftRatio));
    } catch (error) {
      this.lose(error as LockError);
    }
  }

  #expired(): LockError {
    return new LockError('lease-expired', {
      expected: `the lease of ${this.resourceId} to be renewed in time`,
      received: 'no answer from the lock manager',
      nextStep: 'stop the work that needs the lock, then acquire it again',
    });
  }
}
