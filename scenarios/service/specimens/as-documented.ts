/**
 * Specimen: the three periodic services of F7, with the fix as the source document gives it, and the recent operations
 * of F14, which it says need none. What is completed, and why so, stands in `as-found.ts`.
 *
 * The fix in the document's words: cancel the old timer in `handle_info` before a new one is created; a `terminate` for
 * the performance monitor. It names no other place, so the timer of a limiter that is configured again is not cancelled.
 */

export interface Operation {
  readonly name: string; // completed
}

const CLEANUP_INTERVAL = 60_000; // completed

export class PerformanceMonitor {
  recentOps: Operation[] = [];
  cleanupTimer: NodeJS.Timeout | undefined; // completed

  // completed
  init(): this {
    this.scheduleCleanup(); // completed
    return this; // completed
  }

  handleInfo(_message: 'cleanup'): void {
    clearTimeout(this.cleanupTimer);
    this.scheduleCleanup();
  }

  // completed
  scheduleCleanup(): void {
    // completed
    this.cleanupTimer = setTimeout(() => {
      this.handleInfo('cleanup'); // completed
    }, CLEANUP_INTERVAL); // completed
  }

  addRecentOperation(operation: Operation): void {
    if (this.recentOps.length >= 100) {
      this.recentOps = [operation, ...this.recentOps.slice(0, 99)];
    } else {
      this.recentOps = [operation, ...this.recentOps]; // completed
    }
  }

  terminate(): void {
    clearTimeout(this.cleanupTimer);
  }
}

export class RateLimiter {
  readonly cleanupTimers: Map<string, NodeJS.Timeout> = new Map<string, NodeJS.Timeout>(); // completed

  // completed
  configureLimiter(limiterId: string): void {
    this.scheduleCleanup(limiterId); // completed
  }

  handleInfo([, limiterId]: ['cleanup', string]): void {
    clearTimeout(this.cleanupTimers.get(limiterId));
    this.scheduleCleanup(limiterId);
  }

  // completed
  scheduleCleanup(limiterId: string): void {
    // completed
    const timer = setTimeout(() => {
      this.handleInfo(['cleanup', limiterId]); // completed
    }, CLEANUP_INTERVAL); // completed
    this.cleanupTimers.set(limiterId, timer); // completed
  }

  /** "Already had proper terminate/2 callback that cancels all timers". */
  terminate(): void {
    for (const timer of this.cleanupTimers.values()) clearTimeout(timer); // completed
  }
}

/** A span that was begun. */
interface Context {
  readonly startedAt: number; // completed
}

const STALE_AFTER = 60_000; // completed

/** What brings a stale span to its collector: OpenTelemetry's is across the network. */
export type Exporter = (contextId: string) => Promise<void>; // completed

export class OpentelemetryBridge {
  readonly contexts: Map<string, Context> = new Map<string, Context>(); // completed
  readonly exporter: Exporter | undefined; // completed
  cleanupTimer: NodeJS.Timeout | undefined; // completed

  // completed
  constructor(exporter?: Exporter) {
    this.exporter = exporter; // completed
  }

  // completed
  init(): this {
    this.scheduleCleanup(); // completed
    return this; // completed
  }

  // completed
  startContext(contextId: string): void {
    this.contexts.set(contextId, { startedAt: Date.now() }); // completed
  }

  async handleInfo(_message: 'cleanup_stale_contexts'): Promise<void> {
    await this.cleanupStaleContexts(); // completed
    clearTimeout(this.cleanupTimer);
    this.scheduleCleanup();
  }

  // completed
  async cleanupStaleContexts(): Promise<void> {
    // completed
    for (const [contextId, { startedAt }] of this.contexts) {
      if (Date.now() - startedAt < STALE_AFTER) continue; // completed
      this.contexts.delete(contextId); // completed
      // completed
      if (this.exporter !== undefined) {
        await this.exporter(contextId); // completed
      } // completed
    } // completed
  } // completed

  // completed
  scheduleCleanup(): void {
    // completed
    this.cleanupTimer = setTimeout(() => {
      void this.handleInfo('cleanup_stale_contexts'); // completed
    }, CLEANUP_INTERVAL); // completed
  }

  /** "Already had proper terminate/2 callback that cancels timer". */
  terminate(): void {
    clearTimeout(this.cleanupTimer); // completed
  }
}
