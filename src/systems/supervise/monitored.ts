/**
 * Something whose end can be observed: a worker thread, a child process, a connection, an agent on another machine.
 *
 * What every implementation must keep to:
 * - `onDown` is called at most once for each monitor, and never from within `monitor` itself;
 * - it is called for every end that comes after `monitor` has returned; of an end that came before, it may be silent
 *   (as `child.once('exit', …)` is). So who wants to be sure monitors first and looks at `alive` afterwards;
 * - `alive` never says false of something that is alive. It may say true while the news of the end is on its way.
 *
 * @example
 * ```ts
 * import type { ChildProcess } from 'node:child_process';
 * const monitored = (child: ChildProcess): Monitored => ({
 *   get alive() {
 *     return child.exitCode === null && child.signalCode === null;
 *   },
 *   monitor(onDown) {
 *     child.once('exit', onDown);
 *     return () => child.off('exit', onDown);
 *   },
 * });
 * ```
 */
export interface Monitored {
  /** False once it is known to have ended. */
  readonly alive: boolean;
  /** Calls `onDown` when it ends. Returns what takes the monitor back; calling that twice does nothing. */
  monitor(onDown: (reason: unknown) => void): () => unknown;
}
