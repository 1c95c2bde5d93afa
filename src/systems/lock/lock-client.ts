import { randomUUID } from 'node:crypto';
import { requireDuration, requireName, requireRatio, requireWait } from './argument-check.ts';
import { ask, call, type Answer } from './ask.ts';
import { LockError } from './lock-error.ts';
import { LockLease, validUntil, type LeaseStart, type LeaseTerms } from './lock-lease.ts';
import * as refusal from './lock-refusals.ts';
import { readGrant, type LockTransport } from './lock-wire.ts';

export interface LockClientOptions {
  readonly transport: LockTransport;
  readonly agentId: string;
  /**
   * How much faster than this process's clock the manager's may run: 0.01 (the default) for 1 %. Two clocks that may
   * each be off by r from true time need (1 + r) / (1 - r) - 1, about 2 r.
   */
  readonly maxDriftRatio?: number;
  /** How late (ms) this process's timers may be; the loss of a lease is announced that much earlier. 50 by default. */
  readonly timerLagMs?: number;
  /** An unanswered message is sent again after this long (ms); 1,000 by default. */
  readonly resendMs?: number;
}

export interface ClientAcquireOptions {
  /** How long to queue at the manager (ms, finite). The answer may take up to `resendMs` longer. */
  readonly waitMs: number;
  /** Lease (ms) to ask for, now and with each renewal. Must leave something after drift and timer lag. */
  readonly leaseMs: number;
  /** Ends the waiting. After the grant it has no effect. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Acquires locks from a `LockManager` in another process.
 *
 * Messages may be lost, repeated, delayed and reordered: every request has an id and is repeated until it is answered,
 * and one that is given up is cancelled. Local validity is counted from before the request was sent, by this process's
 * monotonic clock, less the declared drift; so it ends before the manager's.
 *
 * @example
 * const client = new LockClient({ transport: (method, args) => rpc.call(method, args), agentId: 'agent-a' });
 * const lease = await client.acquire('invoice-7', { waitMs: 5_000, leaseMs: 10_000 });
 * try {
 *   await pay({ fencingToken: lease.token, signal: lease.signal });
 * } finally {
 *   await lease.release();
 * }
 */
export class LockClient {
  readonly #transport: LockTransport;
  readonly #agentId: string;
  readonly #maxDriftRatio: number;
  readonly #timerLagMs: number;
  readonly #resendMs: number;
  readonly #closing = new AbortController();
  readonly #leases = new Set<LockLease>();
  // A process that crashes and comes back under the same agent id must not repeat the ids of its former life.
  readonly #life: string = randomUUID();
  #nextRequest = 1;

  constructor(options: LockClientOptions) {
    const { transport, agentId, maxDriftRatio = 0.01, timerLagMs = 50, resendMs = 1_000 } = options;
    requireName('agentId', agentId);
    requireRatio('maxDriftRatio', maxDriftRatio);
    requireRatio('timerLagMs', timerLagMs);
    requireDuration('resendMs', resendMs);
    this.#transport = transport;
    this.#agentId = agentId;
    this.#maxDriftRatio = maxDriftRatio;
    this.#timerLagMs = timerLagMs;
    this.#resendMs = resendMs;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Waits for the lock and keeps renewing its lease until it is released or lost.
   *
   * Rejects with a `LockError`: 'acquire-timeout', 'aborted', 'closed', 'unreachable', 'lease-expired' (the network is
   * too slow for so short a lease) or 'invalid-argument'.
   */
  async acquire(resourceId: string, options: ClientAcquireOptions): Promise<LockLease> {
    const { waitMs, leaseMs, signal } = options;
    requireName('resourceId', resourceId);
    requireWait('waitMs', waitMs);
    if (waitMs === Infinity) requireDuration('waitMs of a remote acquire', waitMs);
    this.#requireLease(leaseMs);
    const deadline = performance.now() + waitMs;
    for (;;) {
      if (this.closed) throw refusal.closed();
      const requestId = `${this.#agentId}/${this.#life}/${this.#nextRequest++}`;
      try {
        const start = await this.#start(resourceId, requestId, leaseMs, deadline, signal);
        const lease = new LockLease(start, this.#terms(leaseMs), (ended) => this.#leases.delete(ended));
        this.#leases.add(lease);
        return lease;
      } catch (error) {
        // Whatever became of the request, nobody wants it any more.
        this.#withdraw(requestId, leaseMs);
        if (this.#closing.signal.aborted) throw refusal.closed();
        if (signal?.aborted === true) throw refusal.aborted(resourceId, signal.reason);
        // Granted, but the news came after the end of the lease: queue again while there is time.
        const again = error instanceof LockError && error.code === 'lease-expired' && performance.now() < deadline;
        if (!again) throw error;
      }
    }
  }

  /**
   * Rejects pending acquires with 'closed', announces the loss of all leases, and tells the manager once, without
   * waiting for an answer. Leaves no timer.
   */
  close(): void {
    if (this.closed) return;
    const leases = [...this.#leases];
    this.#closing.abort(refusal.closed());
    for (const lease of leases) {
      lease.lose(refusal.closed());
      this.#sendCancel(lease.lockId);
    }
  }

  /** Gets the lock, with a good part of its lease still ahead. */
  async #start(
    resourceId: string,
    requestId: string,
    leaseMs: number,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<LeaseStart> {
    const signals = signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal];
    const resendMs = this.#resendMs;
    const identity = { resourceId, agentId: this.#agentId, requestId, leaseMs };
    const asked = await ask(
      this.#transport,
      'acquire',
      (now) => ({ ...identity, waitMs: Math.max(0, deadline - now) }),
      { resendMs, giveUpAt: deadline + resendMs, signals },
    );
    let start = this.#begin(resourceId, asked);
    if (this.#leftOf(start) < this.#leftAtBest(leaseMs) / 2) {
      // The wait was long, and local validity is counted from its beginning. A renewal counts from now.
      const { lockId, token } = start;
      const args = { resourceId, requestId: lockId, token, leaseMs };
      const giveUpAt = performance.now() + leaseMs;
      const renewed = await ask(this.#transport, 'renew', () => args, { resendMs, giveUpAt, signals });
      start = this.#begin(resourceId, renewed);
    }
    if (this.#leftOf(start) > 0) return start;
    throw new LockError('lease-expired', {
      expected: `an answer from the lock manager well within the lease of ${leaseMs} ms`,
      received: 'one that took as long as the lease',
      nextStep: 'ask a longer lease',
    });
  }

  #begin(resourceId: string, { reply, sentAt }: Answer): LeaseStart {
    const { lockId, token, leaseMs } = readGrant(reply);
    return { resourceId, lockId, token, validUntil: validUntil(sentAt, leaseMs, this.#maxDriftRatio) };
  }

  #leftOf(start: LeaseStart): number {
    return start.validUntil - this.#timerLagMs - performance.now();
  }

  #leftAtBest(leaseMs: number): number {
    return validUntil(0, leaseMs, this.#maxDriftRatio) - this.#timerLagMs;
  }

  #requireLease(leaseMs: number): void {
    requireDuration('leaseMs', leaseMs);
    if (this.#leftAtBest(leaseMs) > 0) return;
    throw new LockError('invalid-argument', {
      expected: `leaseMs to be longer than timer lag (${this.#timerLagMs} ms) and drift`,
      received: `${leaseMs} ms`,
      nextStep: 'ask a longer lease, or declare a smaller timerLagMs',
    });
  }

  #terms(leaseMs: number): LeaseTerms {
    return {
      transport: this.#transport,
      leaseMs,
      maxDriftRatio: this.#maxDriftRatio,
      timerLagMs: this.#timerLagMs,
      resendMs: this.#resendMs,
      closing: this.#closing.signal,
    };
  }

  /** In the background; if no message gets through, the lease ends by itself. */
  #withdraw(requestId: string, leaseMs: number): void {
    if (this.closed) {
      this.#sendCancel(requestId);
      return;
    }
    const giveUpAt = performance.now() + leaseMs;
    const options = { resendMs: this.#resendMs, giveUpAt, signals: [this.#closing.signal] };
    // Nobody waits for it: if no cancel gets through, the lease of a grant that nobody took ends by itself.
    ask(this.#transport, 'cancel', () => ({ requestId }), options).catch(() => undefined);
  }

  #sendCancel(requestId: string): void {
    // Closing does not wait: what is lost here ends with its lease.
    call(this.#transport, 'cancel', { requestId }).catch(() => undefined);
  }
}
