import { PeriodicTimer } from './periodic-timer.ts';
import { closed, requireDuration, requireName, requirePeriod, ServiceError } from './service-error.ts';

/** Something that was begun and is to be finished: a span. */
export interface TelemetryContext {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Ms, monotonic. */
  readonly startedAt: number;
}

export interface TelemetryBridgeOptions {
  /** Ms after which a context that nobody finished is stale. Default five minutes. */
  readonly staleAfterMs?: number;
  /** Ms between two looks for stale ones. Default one minute. */
  readonly cleanupEveryMs?: number;
  /** Is given each stale context, one at a time, once; may take its time. Default: they are forgotten. */
  readonly exportStale?: (context: TelemetryContext) => unknown;
  /** Is given a `ServiceError` `export-failed`. Without it the error becomes an uncaught exception. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Keeps the contexts that are open, and gets rid of those that nobody finishes.
 *
 * @example
 * ```ts
 * const bridge = new TelemetryBridge({ exportStale: ({ id }) => console.log(`${id} was never finished`) });
 * bridge.startContext('request-1');
 * console.log(bridge.finishContext('request-1')?.startedAt);
 * await bridge.close();
 * ```
 */
export class TelemetryBridge {
  readonly #staleAfterMs: number;
  readonly #exportStale: (context: TelemetryContext) => unknown;
  readonly #cleanup: PeriodicTimer;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #contexts = new Map<string, TelemetryContext>();

  /** @throws ServiceError `invalid-option` */
  constructor(options: TelemetryBridgeOptions = {}) {
    const { staleAfterMs = 300_000, cleanupEveryMs = 60_000, exportStale = () => undefined, onError } = options;
    requireDuration('staleAfterMs', staleAfterMs);
    requirePeriod('cleanupEveryMs', cleanupEveryMs);
    this.#staleAfterMs = staleAfterMs;
    this.#exportStale = exportStale;
    this.#onError = onError;
    const tick = (signal: AbortSignal): Promise<void> => this.#sweep(signal);
    this.#cleanup = new PeriodicTimer({ periodMs: cleanupEveryMs, tick }).start();
  }

  /** Ids of the contexts that are open, oldest first. */
  get open(): string[] {
    return [...this.#contexts.keys()];
  }

  /**
   * Opens a context. One of the same id that is open is replaced, and begins anew.
   *
   * @throws ServiceError `invalid-option`, `closed`
   */
  startContext(id: string, attributes: Readonly<Record<string, unknown>> = {}): void {
    if (this.#cleanup.closed) throw closed('the telemetry bridge');
    requireName('id', id);
    this.#contexts.delete(id);
    this.#contexts.set(id, { id, attributes, startedAt: performance.now() });
  }

  /** The context, which is closed now; undefined if it is not open: never begun, finished, or stale. */
  finishContext(id: string): TelemetryContext | undefined {
    const context = this.#contexts.get(id);
    this.#contexts.delete(id);
    return context;
  }

  /**
   * Gets rid of stale contexts now. Resolves when they have been exported.
   *
   * @throws ServiceError `closed`
   */
  cleanup(): Promise<void> {
    return this.#cleanup.runNow();
  }

  /** Stops. Resolves when an export that is under way has settled; no further one begins. */
  close(): Promise<void> {
    return this.#cleanup.close();
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    for (const context of this.#contexts.values()) {
      // Oldest first: those behind it are younger.
      if (signal.aborted || performance.now() - context.startedAt < this.#staleAfterMs) return;
      // Taken out before the export: nobody finishes it meanwhile, nothing exports it twice.
      this.#contexts.delete(context.id);
      try {
        await this.#exportStale(context);
      } catch (cause) {
        this.#report(context, cause);
      }
    }
  }

  #report({ id, attributes }: TelemetryContext, cause: unknown): void {
    const error = new ServiceError('export-failed', {
      category: 'transient',
      recoveryStrategy: 'propagate',
      expected: `the exporter to take the stale context ${JSON.stringify(id)}`,
      received: 'an error, which is the cause',
      nextStep: 'mend the exporter; this context is not exported again',
      context: { id, attributes },
      cause,
    });
    queueMicrotask(() => {
      if (this.#onError === undefined) throw error;
      this.#onError(error);
    });
  }
}
