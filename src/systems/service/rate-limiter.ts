import { PeriodicTimer } from './periodic-timer.ts';
import { closed, requireCount, requireName, requirePeriod, ServiceError } from './service-error.ts';

export interface LimiterOptions {
  /** Requests that each key may make within any `windowMs`. Whole number >= 1. */
  readonly limit: number;
  /** Ms; a whole number >= 1. */
  readonly windowMs: number;
  /** Ms between two cleanups of keys that were not used of late. Default: `windowMs`. */
  readonly cleanupEveryMs?: number;
}

export type RateDecision =
  { readonly allowed: true; readonly remaining: number } | { readonly allowed: false; readonly retryAfterMs: number };

interface Limiter {
  readonly limit: number;
  readonly windowMs: number;
  /** Per key the instants (ms, monotonic) of its requests, oldest first; never more than `limit`. */
  readonly requests: Map<string, number[]>;
  readonly cleanup: PeriodicTimer;
}

/**
 * Limits requests per key, for several limiters with limits of their own.
 *
 * The window slides: within no `windowMs` (its start excluded, its end included) are more than `limit` requests
 * allowed, also across what a fixed window would call its boundary. Time is monotonic. A limiter id has one timer.
 *
 * @example
 * ```ts
 * const rates = new RateLimiter();
 * rates.configureLimiter('api', { limit: 100, windowMs: 60_000 });
 * const decision = rates.checkRate('api', 'user-7');
 * if (!decision.allowed) console.log(`again in ${decision.retryAfterMs} ms`);
 * await rates.close();
 * ```
 */
export class RateLimiter {
  readonly #limiters = new Map<string, Limiter>();
  #closed = false;

  /** Ids of the limiters, in the order in which they were first configured. */
  get limiterIds(): string[] {
    return [...this.#limiters.keys()];
  }

  /**
   * Makes a limiter, or gives one new settings. It keeps its requests then, so that being configured again allows
   * nobody more; a window that grows counts what the smaller one still knew.
   *
   * @throws ServiceError `invalid-option`, `closed`; nothing was changed then
   */
  configureLimiter(limiterId: string, options: LimiterOptions): void {
    if (this.#closed) throw closed('the rate limiter');
    const { limit, windowMs, cleanupEveryMs = windowMs } = options;
    requireName('limiterId', limiterId);
    requireCount('limit', limit);
    requirePeriod('windowMs', windowMs);
    requirePeriod('cleanupEveryMs', cleanupEveryMs);
    const before = this.#limiters.get(limiterId);
    const requests = before?.requests ?? new Map<string, number[]>();
    // Both ticks are synchronous: none is under way here, and closing the old timer ends it.
    void before?.cleanup.close();
    const cleanup = new PeriodicTimer({
      periodMs: cleanupEveryMs,
      tick: () => {
        for (const [key, times] of requests) {
          if (times.at(-1)! <= performance.now() - windowMs) requests.delete(key);
        }
      },
    }).start();
    this.#limiters.set(limiterId, { limit, windowMs, requests, cleanup });
  }

  /** @returns whether there was such a limiter */
  removeLimiter(limiterId: string): boolean {
    void this.#limiters.get(limiterId)?.cleanup.close();
    return this.#limiters.delete(limiterId);
  }

  /**
   * Asks for one request, and counts it if it is allowed.
   *
   * @throws ServiceError `invalid-option`, `unknown-limiter`, `closed`
   */
  checkRate(limiterId: string, key: string): RateDecision {
    if (this.#closed) throw closed('the rate limiter');
    const { limit, windowMs, requests } = this.#get(limiterId);
    requireName('key', key);
    const now = performance.now();
    const times = (requests.get(key) ?? []).filter((at) => at > now - windowMs);
    // A limit that was lowered may be exceeded already: then the oldest of the last `limit` decides.
    if (times.length >= limit) return { allowed: false, retryAfterMs: times[times.length - limit]! + windowMs - now };
    times.push(now);
    requests.set(key, times);
    return { allowed: true, remaining: limit - times.length };
  }

  /**
   * Forgets now the keys of a limiter that were not used within its window.
   *
   * @throws ServiceError `unknown-limiter`, `closed`
   */
  async cleanup(limiterId: string): Promise<void> {
    if (this.#closed) throw closed('the rate limiter');
    await this.#get(limiterId).cleanup.runNow();
  }

  /** Forgets all limiters. */
  async close(): Promise<void> {
    this.#closed = true;
    const limiters = [...this.#limiters.values()];
    this.#limiters.clear();
    await Promise.all(limiters.map(({ cleanup }) => cleanup.close()));
  }

  #get(limiterId: string): Limiter {
    const limiter = this.#limiters.get(limiterId);
    if (limiter !== undefined) return limiter;
    throw new ServiceError('unknown-limiter', {
      category: 'validation',
      recoveryStrategy: 'propagate',
      expected: `one of the limiters ${this.limiterIds.map((id) => JSON.stringify(id)).join(', ') || '(none)'}`,
      received: JSON.stringify(limiterId),
      nextStep: 'configure it first',
    });
  }
}
