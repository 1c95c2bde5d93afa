/**
 * Seed 002, F8: the circuit breaker service as the document found it.
 *
 * What the document says: when `:fuse` is not available, `ensure_fuse_started` "just" logs a warning, and `init` goes on:
 * "degrading silently". Lines that this binds have no mark; all others are completed. Starting an application is
 * asynchronous: it is a call of another process. A mark alone on its line belongs to the line below it.
 */
export interface Fuse {
  /** `Application.ensure_all_started(:fuse)`: throws when there is no such thing, or it does not start. */
  ensureAllStarted(): Promise<void>;
}

export type Init = { readonly ok: CircuitBreaker } | { readonly stop: readonly ['fuse_not_available', unknown] };

export class CircuitBreaker {
  readonly fuse: Fuse; // completed

  // completed
  constructor(fuse: Fuse) {
    this.fuse = fuse; // completed
  } // completed
}

export async function init(fuse: Fuse): Promise<Init> {
  await ensureFuseStarted(fuse);
  return { ok: new CircuitBreaker(fuse) };
}

async function ensureFuseStarted(fuse: Fuse): Promise<void> {
  // completed
  try {
    await fuse.ensureAllStarted();
    // completed
  } catch (reason) {
    console.warn(`Failed to start :fuse: ${String(reason)}`);
  } // completed
}
