/**
 * Specimen: the three periodic services of F7, and the recent operations of F14, as the source document describes them
 * before the fix.
 *
 * The document prints one expression (F14) and names the callbacks; everything else is completed, each line marked.
 * A mark alone on its line belongs to the line below it. A GenServer handles one message after the other, so a callback
 * is a synchronous method here. Completed as follows, each being what the words suggest:
 * - `init` arms the first timer; `{:cleanup, limiter_id}` says that each limiter has its own, so that one is armed when
 *   the limiter is configured;
 * - any process may send the message that the timer sends (`cleanup` by hand).
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
    this.scheduleCleanup(); // completed
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

  /** There was no `terminate`. */
  terminate(): void {} // completed
}

export class RateLimiter {
  readonly cleanupTimers: Map<string, NodeJS.Timeout> = new Map<string, NodeJS.Timeout>(); // completed

  // completed
  configureLimiter(limiterId: string): void {
    this.scheduleCleanup(limiterId); // completed
  }

  handleInfo([, limiterId]: ['cleanup', string]): void {
    this.scheduleCleanup(limiterId); // completed
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
    this.scheduleCleanup(); // completed
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
