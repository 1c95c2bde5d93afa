import type { Backpressure, Usage } from './usage.ts';
import { ResourceError } from './resource-error.ts';

/** The back-pressure has changed. */
export interface Alert {
  readonly from: Backpressure;
  readonly to: Backpressure;
  /** As measured when it changed. */
  readonly usage: Usage;
}

/**
 * Is told of a change. May take its time; `signal` is aborted when it has taken too much, and on close:
 * to throw its reason then is no failure.
 */
export type AlertCallback = (alert: Alert, signal: AbortSignal) => unknown;

interface Registered {
  readonly callback: AlertCallback;
  busy: boolean;
  /** What happened while it was busy, as one alert. */
  waiting: Alert | undefined;
}

/**
 * Calls the alert callbacks, each on its own: one that throws, rejects or hangs is reported, and neither the others
 * nor the caller notice.
 *
 * A callback is not called again while it is busy: what happens meanwhile is told as one alert, when it has settled.
 * A callback that computes for a second stops the whole process for a second: on one event loop nothing can be done
 * about that here. Such work belongs into a worker thread.
 */
export class AlertDesk {
  readonly #registered = new Set<Registered>();
  readonly #timeoutMs: number;
  readonly #report: (error: ResourceError) => void;
  readonly #ending = new AbortController();

  constructor(timeoutMs: number, report: (error: ResourceError) => void) {
    this.#timeoutMs = timeoutMs;
    this.#report = report;
  }

  /** @returns what ends the registration */
  register(callback: AlertCallback): () => void {
    const registered: Registered = { callback, busy: false, waiting: undefined };
    this.#registered.add(registered);
    return () => {
      this.#registered.delete(registered);
    };
  }

  /** Returns at once; callbacks run when the caller's turn is over. */
  raise(alert: Alert): void {
    for (const each of this.#registered) {
      each.waiting = { ...alert, from: each.waiting?.from ?? alert.from };
      if (!each.busy) void this.#serve(each);
    }
  }

  /** Waits for nobody: callbacks that are busy are told by their signal. */
  close(): void {
    this.#ending.abort();
    this.#registered.clear();
  }

  async #serve(each: Registered): Promise<void> {
    each.busy = true;
    // In a microtask: not in the middle of the caller's statement.
    await Promise.resolve();
    for (let alert = each.waiting; alert !== undefined; alert = each.waiting) {
      each.waiting = undefined;
      // It was unregistered meanwhile, or the state is back where the callback knows it to be.
      if (this.#registered.has(each) && alert.from !== alert.to) await this.#call(each.callback, alert);
    }
    each.busy = false;
  }

  async #call(callback: AlertCallback, alert: Alert): Promise<void> {
    const tooLong = new AbortController();
    const timer = setTimeout(() => {
      this.#report(alertError('alert-timeout', alert, `nothing for ${String(this.#timeoutMs)} ms`));
      tooLong.abort();
    }, this.#timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      tooLong.abort();
    };
    this.#ending.signal.addEventListener('abort', stop);
    try {
      await callback(alert, tooLong.signal);
    } catch (cause) {
      if (!isObedience(cause, tooLong.signal))
        this.#report(alertError('alert-failed', alert, 'an error, which is the cause', cause));
    } finally {
      clearTimeout(timer);
      this.#ending.signal.removeEventListener('abort', stop);
    }
  }
}

/** It was told to give up, and did: no news for anybody. */
function isObedience(thrown: unknown, { aborted, reason }: AbortSignal): boolean {
  // Node's own functions reject with an AbortError of their own, whose cause is the reason.
  return aborted && (thrown === reason || (thrown instanceof Error && thrown.cause === reason));
}

function alertError(
  code: 'alert-failed' | 'alert-timeout',
  { from, to }: Alert,
  received: string,
  cause?: unknown,
): ResourceError {
  return new ResourceError(code, {
    category: 'system',
    recoveryStrategy: 'propagate',
    expected: `an alert callback to take the news that back-pressure went from ${from} to ${to}`,
    received,
    nextStep: 'mend the callback',
    context: { from, to },
    ...(code === 'alert-failed' ? { cause } : {}),
  });
}
