/**
 * Seed 002, F8: the circuit breaker service after the documented fix.
 *
 * What the document says: `ensure_fuse_started` returns an error instead of just logging a warning; `init` returns
 * `{:stop, {:fuse_not_available, reason}}` instead of continuing. Lines that this binds have no mark; all others are
 * completed. A mark alone on its line belongs to the line below it.
 */
import { CircuitBreaker, type Fuse, type Init } from './service-as-found.ts';

export async function init(fuse: Fuse): Promise<Init> {
  const started = await ensureFuseStarted(fuse);
  if ('error' in started) return { stop: ['fuse_not_available', started.error] };
  return { ok: new CircuitBreaker(fuse) };
}

async function ensureFuseStarted(fuse: Fuse): Promise<{ readonly ok: true } | { readonly error: unknown }> {
  // completed
  try {
    await fuse.ensureAllStarted();
    return { ok: true }; // completed
    // completed
  } catch (reason) {
    return { error: reason };
  } // completed
}
