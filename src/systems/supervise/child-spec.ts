import { requireBound, requireFunction, requireName, requireOneOf } from './option-check.ts';

/**
 * When a child that ended by itself is started again:
 * `permanent`: always; `transient`: when it failed; `temporary`: never.
 */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** A running child, as its supervisor sees it. A `Supervisor` is one, too. */
export interface Child {
  /**
   * Settles when it has ended: fulfilled after a normal end, rejected after a failure. A child without it never ends
   * by itself, and has ended when `stop` has settled.
   */
  readonly ended?: Promise<unknown>;
  /** Asks it to end. */
  stop(): unknown;
  /** Ends it by force, where there is force: a worker's `terminate`, a process's `kill('SIGKILL')`. */
  kill?(): unknown;
}

/** How to start, restart and stop one child. */
export interface ChildSpec {
  /** Unique among its siblings. */
  readonly id: string;
  /**
   * Starts it; resolves when it is ready for those that are started after it. `signal` aborts when nobody wants it any
   * more; a child that comes up afterwards is stopped at once.
   */
  readonly start: (context: { readonly signal: AbortSignal }) => Child | PromiseLike<Child>;
  /** Default `permanent`. */
  readonly restart?: RestartType;
  /** ms that it is given to end, when asked, before it is killed. Default 5000. */
  readonly shutdownMs?: number;
}

/** How long a child that was killed is waited for (ms). */
export const KILL_MS = 1_000;

/** A spec with nothing left open. Throws a `SuperviseError` ('invalid-argument'). */
export function completeSpec(spec: ChildSpec): Required<ChildSpec> {
  const { id, restart = 'permanent', shutdownMs = 5_000 } = spec;
  requireName('id', id);
  requireFunction(`start of ${id}`, spec.start);
  requireOneOf(`restart of ${id}`, restart, ['permanent', 'transient', 'temporary']);
  requireBound(`shutdownMs of ${id}`, shutdownMs);
  return { id, restart, shutdownMs, start: (context) => spec.start(context) };
}
