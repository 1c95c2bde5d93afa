import type { ChildProcess } from 'node:child_process';
import { reasonOf } from '../errors/reason.ts';
import type { OutputStream } from './output-capture.ts';

/** How a process ended. */
export type ProcessEnd =
  /** `outputError`: its output could not be read or taken to the end, and it was stopped for that. */
  | {
      readonly kind: 'exited';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly outputError: Error | undefined;
    }
  /** There never was a process. */
  | { readonly kind: 'not-started'; readonly error: Error };

export interface WorkerProcessHandlers {
  /** A piece of output; what it throws stops the process. */
  readonly output?: (stream: OutputStream, chunk: Uint8Array) => void;
  /** The process is gone, or was never there; output may still come. Called once. */
  readonly gone?: () => void;
  /** Nothing more comes: pipes are closed, timers cleared. Called once, last. */
  readonly ended?: (end: ProcessEnd) => void;
}

export interface WorkerProcessTerms {
  /** ms from SIGTERM to SIGKILL. */
  readonly killGraceMs: number;
  /** ms for which output is waited for after the exit: something that the process started may hold its pipes. */
  readonly drainMs: number;
}

const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

/**
 * One process, with everything that it needs cleaned up behind it.
 *
 * It is never signalled by its pid, which may be another's after its exit, and never before it is known to have started:
 * Node 20 sends a signal to a child that could not be started to the sender's own process group.
 */
export class WorkerProcess {
  readonly pid: number | undefined;
  readonly #child: ChildProcess | undefined;
  readonly #handlers: WorkerProcessHandlers;
  readonly #terms: WorkerProcessTerms;
  /** Before: it runs, or is being started. Between: it is gone, its pipes are not. */
  #phase: 'running' | 'gone' | 'ended' = 'running';
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #startError: Error | undefined;
  #outputError: Error | undefined;
  #code: number | null = null;
  #signal: NodeJS.Signals | null = null;

  /** @param start calls `spawn`; it may throw. */
  constructor(start: () => ChildProcess, terms: WorkerProcessTerms, handlers: WorkerProcessHandlers) {
    this.#terms = terms;
    this.#handlers = handlers;
    try {
      this.#child = start();
    } catch (error) {
      this.#child = undefined;
      this.pid = undefined;
      this.#startError = asError(error);
      // Not now: nobody has this object yet.
      queueMicrotask(() => {
        this.#settle();
      });
      return;
    }
    this.pid = this.#child.pid;
    this.#listen(this.#child);
  }

  get ended(): boolean {
    return this.#phase === 'ended';
  }

  /** Asks it to end (SIGTERM), and makes it (SIGKILL) unless it has ended within the grace. Idempotent. */
  stop(): void {
    if (this.#stopping || this.#phase !== 'running' || this.pid === undefined) return;
    this.#stopping = true;
    this.#timer = setTimeout(() => {
      this.#child?.kill('SIGKILL');
    }, this.#terms.killGraceMs);
    this.#child?.kill('SIGTERM');
  }

  #listen(child: ChildProcess): void {
    child.on('error', (error) => {
      // With a pid it did start: then only a signal could not be sent, and the exit is still to come.
      if (this.pid !== undefined) return;
      this.#startError = error;
      this.#settle();
    });
    child.on('exit', (code, signal) => {
      this.#code = code;
      this.#signal = signal;
      this.#gone();
      if (this.#phase === 'gone') this.#timer = setTimeout(this.#closePipes, this.#terms.drainMs);
    });
    child.on('close', () => {
      this.#settle();
    });
    // Without a descriptor left Node makes no streams at all, whatever the types say.
    const streams: Partial<Record<OutputStream, ChildProcess[OutputStream]>> = child;
    for (const name of STREAMS) {
      streams[name]?.on('data', (chunk: Uint8Array) => {
        this.#take(name, chunk);
      });
      streams[name]?.on('error', (error) => {
        this.#outputFailed(error);
      });
    }
  }

  #take(stream: OutputStream, chunk: Uint8Array): void {
    try {
      this.#handlers.output?.(stream, chunk);
    } catch (error) {
      this.#outputFailed(asError(error));
      this.#closePipes();
    }
  }

  #outputFailed(error: Error): void {
    this.#outputError ??= error;
    this.stop();
  }

  readonly #closePipes = (): void => {
    this.#child?.stdout?.destroy();
    this.#child?.stderr?.destroy();
  };

  #gone(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'gone';
    clearTimeout(this.#timer);
    this.#handlers.gone?.();
  }

  #settle(): void {
    if (this.#phase === 'ended') return;
    this.#gone();
    this.#phase = 'ended';
    clearTimeout(this.#timer);
    this.#handlers.ended?.(
      this.#startError === undefined
        ? { kind: 'exited', code: this.#code, signal: this.#signal, outputError: this.#outputError }
        : { kind: 'not-started', error: this.#startError },
    );
  }
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(reasonOf(thrown), { cause: thrown });
}
