import { Announcer } from '../breaker/announcer.ts';
import { completeSpec, KILL_MS, type Child, type ChildSpec } from './child-spec.ts';
import { requireBound, requireCount, requireOneOf, requireUnique } from './option-check.ts';
import { RestartIntensity } from './restart-intensity.ts';
import { SuperviseError } from './supervise-error.ts';
import { SupervisedChild, type ChildEnd, type ChildListener } from './supervised-child.ts';

/**
 * Which children are restarted when one has ended: `one-for-one`, only that one; `rest-for-one`, that one and those
 * started after it, because they may depend on it.
 */
export type SupervisorStrategy = 'one-for-one' | 'rest-for-one';

export interface SupervisorOptions {
  /** In the order in which they are started: dependencies first. */
  readonly children: readonly ChildSpec[];
  /** Default `one-for-one`. */
  readonly strategy?: SupervisorStrategy;
  /** More restarts than this within `withinMs` ms, and the supervisor gives up. Default 3. */
  readonly maxRestarts?: number;
  /** Default 5000. */
  readonly withinMs?: number;
}

/** @event */
export interface SupervisorEvents {
  started: [id: string];
  stopped: [id: string];
  /** A child ended by itself. */
  ended: [id: string, end: ChildEnd];
  /** A child could not be started again; this counts as a further end. */
  'start-failed': [id: string, error: unknown];
  /** A child was told to end and goes on, after its shutdown time and, where it can be killed, after that. */
  abandoned: [id: string];
  /** A child's `stop` or `kill` threw. */
  'stop-failed': [id: string, error: unknown];
  'gave-up': [error: SuperviseError];
}

/**
 * Starts children in order, restarts them by their specs, and stops them in reverse order.
 *
 * - A child is started when the one before it is up, and told to stop when the one after it has ended: so nothing
 *   outlives what it depends on, neither in a shutdown nor in a restart (`rest-for-one`).
 * - Stopping a child takes its `shutdownMs` at most, and one more second if it has a `kill`. So a shutdown takes
 *   {@link shutdownBoundMs} at most, also while children are being started, and also if none of them ever stops.
 * - If a child fails when the supervisor starts, those already started are stopped, in reverse.
 *
 * A supervisor is itself a child: put one into another, with a `shutdownMs` that is not below its bound.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { once } from 'node:events';
 *
 * const server = async () => {
 *   const http = createServer((_, response) => response.end('hello')).listen(8080);
 *   await once(http, 'listening');
 *   return { ended: once(http, 'close'), stop: () => http.close(), kill: () => http.closeAllConnections() };
 * };
 * const supervisor = new Supervisor({
 *   strategy: 'rest-for-one',
 *   children: [
 *     { id: 'cache', start: () => ({ stop: () => undefined }), shutdownMs: 1_000 },
 *     { id: 'server', start: server, restart: 'permanent', shutdownMs: 10_000 },
 *   ],
 * });
 * await supervisor.start();
 * process.once('SIGTERM', () => void supervisor.stop()); // the server first, then the cache
 * ```
 */
export class Supervisor extends Announcer<SupervisorEvents> implements Child {
  /** Fulfilled when it has been stopped; rejected with a `SuperviseError` ('restart-intensity') when it gave up. */
  readonly ended: Promise<void>;
  readonly #children: readonly SupervisedChild[];
  readonly #strategy: SupervisorStrategy;
  readonly #intensity: RestartIntensity;
  readonly #giveUp = new AbortController();
  #state: 'new' | 'starting' | 'running' | 'stopping' = 'new';
  /** The starting or restarting that is under way. */
  #work: Promise<void> = Promise.resolve();
  #repairing = false;
  #shutdown: Promise<void> | undefined;
  #fulfil!: () => void;
  #reject!: (error: SuperviseError) => void;

  /** @throws SuperviseError 'invalid-argument' */
  constructor({ children, strategy = 'one-for-one', maxRestarts = 3, withinMs = 5_000 }: SupervisorOptions) {
    super();
    requireOneOf('strategy', strategy, ['one-for-one', 'rest-for-one']);
    requireCount('maxRestarts', maxRestarts, 0);
    requireBound('withinMs', withinMs);
    const specs = children.map(completeSpec);
    requireUnique(
      'ids of children',
      specs.map(({ id }) => id),
    );
    const listener: ChildListener = {
      ended: (child, end) => {
        this.#childEnded(child, end);
      },
      abandoned: ({ spec }) => {
        this.announce('abandoned', spec.id);
      },
      stopFailed: ({ spec }, error) => {
        this.announce('stop-failed', spec.id, error);
      },
    };
    this.#children = specs.map((spec) => new SupervisedChild(spec, listener));
    this.#strategy = strategy;
    this.#intensity = new RestartIntensity(maxRestarts, withinMs);
    this.ended = new Promise((resolve, reject) => {
      this.#fulfil = resolve;
      this.#reject = reject;
    });
    // Who does not look at `ended` hears the same from 'gave-up'.
    this.ended.catch(() => undefined);
  }

  /** What a shutdown takes at most (ms). */
  get shutdownBoundMs(): number {
    return this.#children.reduce((sum, { spec }) => sum + spec.shutdownMs + KILL_MS, 0);
  }

  /** Ids of the children that are up, in start order. */
  get up(): string[] {
    return this.#children.filter((child) => child.up).map(({ spec }) => spec.id);
  }

  /**
   * Starts all children in order. Rejects if one fails, when those before it have been stopped in reverse.
   *
   * @throws SuperviseError 'already-started', 'child-failed-to-start', 'closed' (stopped meanwhile)
   */
  async start(): Promise<void> {
    if (this.#state !== 'new') throw alreadyStarted();
    this.#state = 'starting';
    const work = this.#startAll();
    this.#work = work.catch(() => undefined);
    try {
      await work;
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#repair();
  }

  async #startAll(): Promise<void> {
    for (const child of this.#children) {
      this.#giveUp.signal.throwIfAborted();
      try {
        await child.start(this.#giveUp.signal);
      } catch (error) {
        this.#giveUp.signal.throwIfAborted();
        throw failedToStart(child.spec.id, error);
      }
      this.announce('started', child.spec.id);
    }
    this.#giveUp.signal.throwIfAborted();
    this.#state = 'running';
  }

  /** Stops all children in reverse order. Resolves within {@link shutdownBoundMs}; again returns the same promise. */
  stop(): Promise<void> {
    return this.#stopBecause(undefined);
  }

  #stopBecause(error: SuperviseError | undefined): Promise<void> {
    if (this.#shutdown === undefined) {
      this.#state = 'stopping';
      this.#shutdown = Promise.resolve().then(() => this.#stopAll(error));
      this.#giveUp.abort(error ?? stopped());
    }
    return this.#shutdown;
  }

  async #stopAll(error: SuperviseError | undefined): Promise<void> {
    // What starts gives up, what stops has its bound; no child is started or stopped twice at the same time.
    await this.#work;
    for (const child of this.#children.toReversed()) await this.#stopChild(child);
    if (error === undefined) this.#fulfil();
    else this.#reject(error);
  }

  async #stopChild(child: SupervisedChild): Promise<void> {
    if (!child.up) return;
    await child.stop();
    this.announce('stopped', child.spec.id);
  }

  #childEnded(child: SupervisedChild, end: ChildEnd): void {
    const { restart, id } = child.spec;
    child.wanted = restart === 'permanent' || (restart === 'transient' && end.kind === 'failed');
    this.announce('ended', id, end);
    this.#repair(end.kind === 'failed' ? end.error : undefined);
  }

  #repair(cause?: unknown): void {
    if (this.#state !== 'running' || this.#repairing) return;
    this.#repairing = true;
    this.#work = this.#repairAll(cause);
  }

  /** Until every child that is wanted is up. Each attempt counts against the intensity, so this comes to an end. */
  async #repairAll(cause: unknown): Promise<void> {
    let lastError = cause;
    for (;;) {
      const index = this.#firstMissing();
      if (index === -1 || this.#state !== 'running') break;
      if (!this.#intensity.admit(performance.now())) {
        const error = tooManyRestarts(this.#children[index]!.spec.id, lastError);
        this.announce('gave-up', error);
        // Not awaited: the shutdown waits for this very work.
        void this.#stopBecause(error);
        break;
      }
      const missing = this.#children[index]!;
      const dependents = this.#strategy === 'rest-for-one' ? this.#children.slice(index + 1) : [];
      for (const child of dependents.toReversed()) {
        if (this.#stopping()) break;
        if (child.up) await this.#stopForRestart(child);
      }
      for (const child of [missing, ...dependents]) {
        if (this.#stopping() || (dependents.length > 0 && this.#missesDependency(child))) break;
        if (!child.wanted || child.up) continue;
        try {
          await child.start(this.#giveUp.signal);
          this.announce('started', child.spec.id);
        } catch (error) {
          lastError = error;
          if (!this.#stopping()) this.announce('start-failed', child.spec.id, error);
          break;
        }
      }
    }
    this.#repairing = false;
  }

  async #stopForRestart(child: SupervisedChild): Promise<void> {
    child.wanted = child.spec.restart !== 'temporary';
    await this.#stopChild(child);
  }

  #stopping(): boolean {
    return this.#state === 'stopping';
  }

  /** Whether something started before `child` is missing: that has to come first. */
  #missesDependency(child: SupervisedChild): boolean {
    const first = this.#firstMissing();
    return first !== -1 && first < this.#children.indexOf(child);
  }

  #firstMissing(): number {
    return this.#children.findIndex((child) => child.wanted && !child.up);
  }
}

function alreadyStarted(): SuperviseError {
  return new SuperviseError('already-started', {
    expected: 'a new supervisor',
    received: 'one that was started or stopped before',
    nextStep: 'create another one',
  });
}

function stopped(): SuperviseError {
  return new SuperviseError('closed', {
    expected: 'a supervisor that is wanted',
    received: 'a request to stop it',
    nextStep: 'create another one if it is needed again',
  });
}

function failedToStart(id: string, cause: unknown): SuperviseError {
  return new SuperviseError('child-failed-to-start', {
    expected: `child ${id} to start`,
    received: 'an error; the children before it have been stopped',
    nextStep: "see this error's cause",
    cause,
  });
}

function tooManyRestarts(id: string, cause: unknown): SuperviseError {
  return new SuperviseError('restart-intensity', {
    expected: 'fewer restarts in that time',
    received: `one more, of child ${id}; all children are being stopped`,
    nextStep: "see this error's cause, or raise maxRestarts",
    cause,
  });
}
