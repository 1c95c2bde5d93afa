import { PeriodicTimer } from './periodic-timer.ts';
import { closed, requireDuration, requireName, requirePeriod } from './service-error.ts';

/** How many operations the monitor remembers. */
export const RECENT_OPERATIONS = 100;

export interface RecordedOperation {
  readonly operation: string;
  /** Ms that it took. */
  readonly durationMs: number;
  readonly ok: boolean;
  /** When it was recorded: ms, monotonic. */
  readonly at: number;
}

export interface PerformanceMonitorOptions {
  /** Ms after which an operation is forgotten at the next cleanup. Default one hour. */
  readonly retentionMs?: number;
  /** Ms between cleanups. Default one minute. */
  readonly cleanupEveryMs?: number;
}

/** Of the operations that are remembered. */
export interface PerformanceSummary {
  readonly count: number;
  readonly failed: number;
  /** 0 where nothing is remembered. */
  readonly averageMs: number;
  readonly slowestMs: number;
}

/**
 * Remembers the last {@link RECENT_OPERATIONS} operations, and each for `retentionMs` at most.
 *
 * @example
 * ```ts
 * const monitor = new PerformanceMonitor();
 * monitor.recordOperation('query', 12.5);
 * console.log(monitor.summary().averageMs);
 * await monitor.close();
 * ```
 */
export class PerformanceMonitor {
  readonly #retentionMs: number;
  readonly #cleanup: PeriodicTimer;
  /** Newest first. */
  #recent: RecordedOperation[] = [];

  /** @throws ServiceError `invalid-option` */
  constructor(options: PerformanceMonitorOptions = {}) {
    const { retentionMs = 3_600_000, cleanupEveryMs = 60_000 } = options;
    requireDuration('retentionMs', retentionMs);
    requirePeriod('cleanupEveryMs', cleanupEveryMs);
    this.#retentionMs = retentionMs;
    this.#cleanup = new PeriodicTimer({
      periodMs: cleanupEveryMs,
      tick: () => {
        const oldest = performance.now() - this.#retentionMs;
        this.#recent = this.#recent.filter(({ at }) => at >= oldest);
      },
    }).start();
  }

  /** @throws ServiceError `invalid-option`, `closed` */
  recordOperation(operation: string, durationMs: number, ok = true): void {
    if (this.#cleanup.closed) throw closed('the performance monitor');
    requireName('operation', operation);
    requireDuration('durationMs', durationMs);
    this.#recent.unshift({ operation, durationMs, ok, at: performance.now() });
    if (this.#recent.length > RECENT_OPERATIONS) this.#recent.length = RECENT_OPERATIONS;
  }

  /** A copy, newest first. */
  recentOperations(): RecordedOperation[] {
    return [...this.#recent];
  }

  summary(): PerformanceSummary {
    const durations = this.#recent.map(({ durationMs }) => durationMs);
    const count = durations.length;
    return {
      count,
      failed: this.#recent.filter(({ ok }) => !ok).length,
      averageMs: count === 0 ? 0 : durations.reduce((sum, each) => sum + each, 0) / count,
      slowestMs: Math.max(0, ...durations),
    };
  }

  /**
   * Forgets now what is too old.
   *
   * @throws ServiceError `closed`
   */
  cleanup(): Promise<void> {
    return this.#cleanup.runNow();
  }

  /** Stops the cleanup. What is remembered can still be read. */
  close(): Promise<void> {
    return this.#cleanup.close();
  }
}
