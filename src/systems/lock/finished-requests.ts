/** How an acquisition ended. */
export type RequestEnd = 'released' | 'expired' | 'timed-out' | 'cancelled' | 'aborted';

interface Finished {
  readonly end: RequestEnd;
  readonly token: number | undefined;
  readonly forgetAt: number;
}

/**
 * Remembers the ends of named requests for a while, so that a copy of a request that the network delivers late is
 * answered instead of being granted again to a caller that has long gone.
 *
 * The time is no matter of safety: a copy that is later still gets a lease that nobody uses, which then ends by itself.
 */
export class FinishedRequests {
  readonly #rememberMs: number;
  // All are kept equally long, so insertion order is the order of forgetting.
  readonly #finished = new Map<string, Finished>();

  constructor(rememberMs: number) {
    this.#rememberMs = rememberMs;
  }

  get size(): number {
    return this.#finished.size;
  }

  add(requestId: string, end: RequestEnd, token: number | undefined, now: number): void {
    this.#forget(now);
    this.#finished.delete(requestId);
    this.#finished.set(requestId, { end, token, forgetAt: now + this.#rememberMs });
  }

  get(requestId: string, now: number): Finished | undefined {
    if (this.#finished.size === 0) return undefined;
    this.#forget(now);
    return this.#finished.get(requestId);
  }

  clear(): void {
    this.#finished.clear();
  }

  #forget(now: number): void {
    for (const [requestId, { forgetAt }] of this.#finished) {
      if (forgetAt > now) return;
      this.#finished.delete(requestId);
    }
  }
}
