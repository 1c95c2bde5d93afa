import { reasonOf } from '../errors/reason.ts';
import { ConnectionError } from './connection-error.ts';
import type { FailedCheck, SweepReport } from './pool-events.ts';
import type { PoolEntry } from './pool-books.ts';
import type { PooledConnection, PoolSettings } from './pool-options.ts';
import { withinTime } from './within-time.ts';

/** An idle connection as it was when the sweep began. */
export interface Gathered<C extends PooledConnection> {
  readonly entry: PoolEntry<C>;
  readonly handouts: number;
}

/** What its probe said; an error names the connection. */
interface Checked<C extends PooledConnection> extends Gathered<C> {
  readonly error: ConnectionError | undefined;
}

/** Step 1, under the lock: what to look at. One that is leased is proved, or not, by its use. */
export function gather<C extends PooledConnection>(idle: readonly PoolEntry<C>[]): Gathered<C>[] {
  return idle.map((entry) => ({ entry, handouts: entry.handouts }));
}

/** Step 2, without the lock: all probes at once, each with its own time. Never rejects. */
export function check<C extends PooledConnection>(
  gathered: readonly Gathered<C>[],
  settings: PoolSettings<C>,
  signal: AbortSignal,
): Promise<Checked<C>[]> {
  return Promise.all(
    gathered.map(async (each) => ({ ...each, error: await probeError(each.entry, settings, signal) })),
  );
}

/** Step 3, under the lock: who goes. A result counts only for what it was found of: an idle entry, not used since. */
export function judge<C extends PooledConnection>(
  checked: readonly Checked<C>[],
): { readonly report: SweepReport; readonly toRemove: readonly PoolEntry<C>[] } {
  const healthy: string[] = [];
  const removed: FailedCheck[] = [];
  const stale: FailedCheck[] = [];
  const toRemove: PoolEntry<C>[] = [];
  for (const { entry, handouts, error } of checked) {
    if (error === undefined) {
      healthy.push(entry.name);
    } else if (entry.state === 'idle' && entry.handouts === handouts) {
      removed.push({ connection: entry.name, error });
      toRemove.push(entry);
    } else {
      stale.push({ connection: entry.name, error });
    }
  }
  return { report: { healthy, removed, stale }, toRemove };
}

async function probeError<C extends PooledConnection>(
  { name, connection }: PoolEntry<C>,
  { probe, probeTimeoutMs }: PoolSettings<C>,
  signal: AbortSignal,
): Promise<ConnectionError | undefined> {
  const failed = (received: string, cause?: unknown): ConnectionError =>
    new ConnectionError('probe-failed', {
      expected: `${name} to answer its health check`,
      received,
      nextStep: 'nothing to do: a connection that does not answer is replaced when it is needed',
      connection: name,
      cause,
    });
  const probing = async (stop: AbortSignal): Promise<void> => {
    try {
      await probe(connection, { signal: stop });
    } catch (error) {
      throw failed(reasonOf(error), error);
    }
  };
  try {
    await withinTime(probeTimeoutMs, probing, {
      signals: [signal],
      aborted: (reason) => failed('the end of the pool', reason),
      timedOut: () =>
        new ConnectionError('probe-timeout', {
          expected: `${name} to answer its health check within ${probeTimeoutMs} ms`,
          received: 'no answer',
          nextStep: 'raise probeTimeoutMs if the other end is slow but well',
          connection: name,
        }),
    });
    return undefined;
  } catch (error) {
    return error as ConnectionError;
  }
}
