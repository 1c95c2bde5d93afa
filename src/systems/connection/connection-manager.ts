import { Announcer } from '../breaker/announcer.ts';
import { reasonOf } from '../errors/reason.ts';
import { abortedError, ConnectionError } from './connection-error.ts';
import { requireBound, requireCount, requireFunction } from './option-check.ts';
import { withinTime } from './within-time.ts';
import { WorkerSlots, type RequestWorkers } from './worker-slots.ts';

export interface ConnectionManagerOptions<Request, Response> {
  /** Performs one request. Should give up when `signal` aborts; the manager does not rely on it. */
  readonly send: (request: Request, options: { readonly signal: AbortSignal }) => Promise<Response>;
  /** Who runs the requests. Default: 50 at a time. */
  readonly workers?: RequestWorkers;
  /** Requests that may run beside the workers, when none is to be had. Default 50. */
  readonly maxFallback?: number;
  /** Ms for a request that says nothing else. Default 60,000. */
  readonly timeoutMs?: number;
}

export interface ExecuteRequestOptions {
  /** Ms in which the request must be answered; Infinity for no bound. Default: the manager's. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What a manager has done so far, and what it is doing. */
export interface ConnectionManagerStats {
  /** Requests whose callers wait. */
  readonly activeRequests: number;
  /** Requests that run beside the workers; those whose callers have given up count until they end. */
  readonly activeFallbacks: number;
  readonly completedRequests: number;
  /** Those that failed, ran out of time or were aborted. */
  readonly failedRequests: number;
  readonly refusedRequests: number;
}

/** Events of a {@link ConnectionManager}. */
export interface ConnectionManagerEvents {
  /** No worker was to be had, and a request runs beside them; `cause` is what the workers threw, if they did. */
  fallback: [{ readonly activeFallbacks: number; readonly cause?: unknown }];
}

/**
 * Sends requests through workers, and is never busy itself: every call of it returns at once or settles within its bound,
 * whatever the requests do that are under way.
 *
 * When no worker is to be had, because all are busy or their supervisor is gone, a request runs beside them, under the
 * same time limit; so many at most, for a manager without a bound only moves the overload. Beyond that it is refused at
 * once. A request that runs out of time is told so by its signal, and its caller by an error; its place comes free when
 * its code ends.
 *
 * @example
 * ```ts
 * const manager = new ConnectionManager({
 *   send: async (url: string, { signal }) => (await fetch(url, { signal })).text(),
 * });
 * manager.on('fallback', ({ activeFallbacks }) => console.warn(`${activeFallbacks} requests without a worker`));
 * const text = await manager.executeRequest('https://example.com', { timeoutMs: 2_000 });
 * manager.close();
 * ```
 */
export class ConnectionManager<Request, Response> extends Announcer<ConnectionManagerEvents> {
  readonly #send: ConnectionManagerOptions<Request, Response>['send'];
  readonly #workers: RequestWorkers;
  readonly #fallbacks: WorkerSlots;
  readonly #timeoutMs: number;
  readonly #ending = new AbortController();
  #active = 0;
  #completed = 0;
  #failed = 0;
  #refused = 0;

  /** @throws ConnectionError 'invalid-argument' */
  constructor(options: ConnectionManagerOptions<Request, Response>) {
    super();
    const { send, workers = new WorkerSlots(50), maxFallback = 50, timeoutMs = 60_000 } = options;
    requireFunction('send', send);
    requireCount('maxFallback', maxFallback, 0);
    requireBound('timeoutMs', timeoutMs);
    this.#send = send;
    this.#workers = workers;
    this.#fallbacks = new WorkerSlots(maxFallback);
    this.#timeoutMs = timeoutMs;
  }

  /** Answers at once, whatever is under way. */
  getStats(): ConnectionManagerStats {
    return {
      activeRequests: this.#active,
      activeFallbacks: this.#fallbacks.busy,
      completedRequests: this.#completed,
      failedRequests: this.#failed,
      refusedRequests: this.#refused,
    };
  }

  /**
   * Sends a request and resolves with its response, or rejects with what `send` threw.
   *
   * @throws ConnectionError 'request-timeout', 'overloaded', 'aborted', 'closed', 'invalid-argument'
   */
  async executeRequest(request: Request, options: ExecuteRequestOptions = {}): Promise<Response> {
    const { timeoutMs = this.#timeoutMs, signal } = options;
    requireBound('timeoutMs', timeoutMs);
    if (this.#ending.signal.aborted) throw this.#closedError();
    this.#active += 1;
    try {
      const response = await withinTime(timeoutMs, (stop) => this.#start(request, stop), {
        signals: [signal, this.#ending.signal],
        timedOut: () =>
          new ConnectionError('request-timeout', {
            expected: `an answer within ${timeoutMs} ms`,
            received: 'none',
            nextStep: 'try again if the request may be made twice, or allow more time',
          }),
        aborted: (reason) => (this.#ending.signal.aborted ? this.#closedError() : abortedError('the answer', reason)),
      });
      this.#completed += 1;
      return response;
    } catch (error) {
      if (error instanceof ConnectionError && error.code === 'overloaded') this.#refused += 1;
      else this.#failed += 1;
      throw error;
    } finally {
      this.#active -= 1;
    }
  }

  /** Ends every request that is under way with 'closed', and refuses later ones. */
  close(): void {
    this.#ending.abort();
  }

  /** Has the request run by a worker, or beside the workers. */
  #start(request: Request, signal: AbortSignal): Promise<Response> {
    return new Promise((resolve, reject) => {
      const call = { begun: false };
      // Once, also where workers take it and then throw; and not when the caller has had its answer.
      const run = async (): Promise<void> => {
        if (call.begun || signal.aborted) return;
        call.begun = true;
        try {
          resolve(await this.#send(request, { signal }));
        } catch (error) {
          reject(error);
        }
      };
      let cause: unknown;
      try {
        if (this.#workers.tryStart(run)) return;
      } catch (error) {
        if (call.begun) return;
        cause = error;
      }
      if (this.#fallbacks.tryStart(run)) {
        this.announce('fallback', { activeFallbacks: this.#fallbacks.busy, ...(cause === undefined ? {} : { cause }) });
        return;
      }
      call.begun = true;
      reject(
        new ConnectionError('overloaded', {
          expected: 'a worker, or room beside the workers',
          received: cause === undefined ? 'all of them busy' : `all of them busy (${reasonOf(cause)})`,
          nextStep: 'try again later, and less often',
          cause,
        }),
      );
    });
  }

  #closedError(): ConnectionError {
    return new ConnectionError('closed', {
      expected: 'the connection manager to be open',
      received: 'a manager that has been closed',
      nextStep: 'make a new one',
    });
  }
}
