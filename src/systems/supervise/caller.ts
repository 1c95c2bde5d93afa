import type { Monitored } from './monitored.ts';
import { SuperviseError } from './supervise-error.ts';

/** On whose behalf something is done; when it is gone the work is pointless and ends. */
export interface Caller {
  /** Ends the work when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the work when it dies. */
  readonly owner?: Monitored | undefined;
}

/**
 * Calls `gone` once, when the signal aborts or the owner dies; at once, if that has already happened. Returns what ends
 * the watching. What `monitor` throws it throws, too; then nothing is watched.
 */
export function watchCaller({ signal, owner }: Caller, gone: (error: SuperviseError) => void): () => void {
  let demonitor: () => unknown = () => undefined;
  let watching = true;
  const end = (): void => {
    watching = false;
    signal?.removeEventListener('abort', onAbort);
    demonitor();
  };
  const over = (received: string, cause: unknown): void => {
    // A DOWN may be under way when the monitor is taken back.
    if (!watching) return;
    end();
    gone(
      new SuperviseError('caller-gone', { expected: 'a caller that waits', received, nextStep: 'ask again', cause }),
    );
  };
  const onAbort = (): void => {
    over('its abort signal', signal?.reason);
  };

  if (signal?.aborted === true) {
    onAbort();
    return end;
  }
  signal?.addEventListener('abort', onAbort, { once: true });
  if (owner === undefined) return end;
  // Monitor first, then look: the other way round an end in between would go unnoticed.
  try {
    demonitor = owner.monitor((reason) => {
      over('the news of its end', reason);
    });
  } catch (error) {
    end();
    throw error;
  }
  if (!owner.alive) over('one that has ended', undefined);
  return end;
}
