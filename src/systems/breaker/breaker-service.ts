import { withinTime } from '../connection/within-time.ts';
import { LONGEST_TIMER_MS } from '../errors/argument.ts';
import { Announcer } from './announcer.ts';
import { BreakerError } from './breaker-error.ts';
import { breakerSettings, type CircuitBreakerOptions } from './breaker-options.ts';
import type { BreakerStore } from './breaker-store.ts';
import { SharedCircuitBreaker } from './shared-circuit-breaker.ts';

export interface BreakerServiceOptions extends CircuitBreakerOptions {
  /** Makes or finds the store: connects to it, imports its client. It is called once, by `start`. */
  readonly backend: () => BreakerStore | Promise<BreakerStore>;
  /** Ms in which the backend must be there and answer. Finite and > 0; 5,000 by default. */
  readonly startTimeoutMs?: number;
}

/** Events of a {@link BreakerService}: its backend stopped answering, or answers again. */
export interface BreakerServiceEvents {
  down: [error: unknown];
  up: [];
}

/**
 * The circuit breakers of an application, by name, on one backend. There is no such service without its backend: `start`
 * resolves when the backend has answered, and rejects otherwise; whoever supervises it decides what then.
 *
 * Later the service is `down` from the first operation that the backend does not answer to the next that it does. What is
 * asked of a breaker meanwhile is asked of the backend all the same, and fails with `STORE_UNAVAILABLE`: nothing runs
 * unprotected without being told so.
 *
 * @example
 * ```ts
 * import { MemoryBreakerStore } from 'heddle/systems';
 *
 * const service = await BreakerService.start({ backend: () => new MemoryBreakerStore(), failureThreshold: 3 });
 * const paid = await service.execute('payments', () => Promise.resolve('paid'));
 * service.close();
 * ```
 */
export class BreakerService extends Announcer<BreakerServiceEvents> {
  readonly #store: BreakerStore;
  readonly #options: CircuitBreakerOptions;
  readonly #breakers = new Map<string, SharedCircuitBreaker>();
  #status: 'up' | 'down' | 'closed' = 'up';

  private constructor(store: BreakerStore, options: CircuitBreakerOptions) {
    super();
    this.#options = options;
    this.#store = {
      read: (name) => this.#watched(store.read(name)),
      compareAndSet: (name, version, record) => this.#watched(store.compareAndSet(name, version, record)),
    };
  }

  /**
   * Finds the backend, and asks it something.
   *
   * @throws BreakerError `BACKEND_MISSING` with its `cause`, `INVALID_OPTION`
   */
  static async start(options: BreakerServiceOptions): Promise<BreakerService> {
    const { backend, startTimeoutMs = 5_000, ...breakerOptions } = options;
    breakerSettings(breakerOptions);
    if (!(startTimeoutMs > 0) || startTimeoutMs > LONGEST_TIMER_MS) {
      throw new BreakerError('INVALID_OPTION', {
        expected: 'startTimeoutMs to be a number of milliseconds > 0 that a timer can wait',
        received: startTimeoutMs,
        next: 'Pass such a number, or leave startTimeoutMs out for its default.',
      });
    }
    const missing = (received: unknown): BreakerError =>
      new BreakerError('BACKEND_MISSING', {
        expected: `the backend of the breaker service to answer within ${startTimeoutMs} ms`,
        received,
        next: 'Start the backend first; without it there are no circuit breakers.',
        cause: received,
      });
    const find = async (): Promise<BreakerStore> => {
      const store = await backend();
      // Any name will do: what is asked is whether somebody answers.
      await store.read('heddle:start');
      return store;
    };
    try {
      const store = await withinTime(startTimeoutMs, find, {
        timedOut: () => missing('no answer'),
        aborted: missing,
      });
      return new BreakerService(store, breakerOptions);
    } catch (error) {
      throw error instanceof BreakerError && error.code === 'BACKEND_MISSING' ? error : missing(error);
    }
  }

  /** What the last operation showed. */
  get status(): 'up' | 'down' | 'closed' {
    return this.#status;
  }

  /**
   * The breaker of that name, always the same object.
   *
   * @throws BreakerError `CLOSED_SERVICE`, `INVALID_OPTION`
   */
  breaker(name: string): SharedCircuitBreaker {
    if (this.#status === 'closed') {
      throw new BreakerError('CLOSED_SERVICE', {
        expected: 'the breaker service to be open',
        received: 'a service that has been closed',
        next: 'Start a new one.',
      });
    }
    let breaker = this.#breakers.get(name);
    if (breaker === undefined) {
      breaker = new SharedCircuitBreaker({ ...this.#options, store: this.#store, name });
      this.#breakers.set(name, breaker);
    }
    return breaker;
  }

  /** Runs `attempt` through the breaker of that name; errors as {@link breaker} and `SharedCircuitBreaker.execute`. */
  async execute<T>(name: string, attempt: () => T | PromiseLike<T>): Promise<T> {
    return this.breaker(name).execute(attempt);
  }

  /** Hands out nothing more. The backend belongs to who made it. */
  close(): void {
    this.#status = 'closed';
    this.#breakers.clear();
  }

  async #watched<T>(operation: Promise<T>): Promise<T> {
    try {
      const value = await operation;
      if (this.#status === 'down') {
        this.#status = 'up';
        this.announce('up');
      }
      return value;
    } catch (error) {
      if (this.#status === 'up') {
        this.#status = 'down';
        this.announce('down', error);
      }
      throw error;
    }
  }
}
