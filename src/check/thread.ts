import { Worker } from 'node:worker_threads';
import { HeddleError } from '../kernel/errors.ts';
import type { AnswerMessage, JobKind, Jobs, ProvideMessage, TravellingError } from './protocol.ts';

/** Real ms in which a run must make a turn; then its thread is stopped and the run repeated alone. */
const TURN_LIMIT_MS = 1_000;
/** How much longer it gets when it is repeated. */
const PATIENCE = 10;
const LOOK_EVERY_MS = 100;

/** Where a thread stood when its watchdog stopped it. */
export interface Hang {
  readonly run: number;
  readonly turn: number;
}

/** Thrown when a run made no turn within its limit; the thread is gone. */
export class HangError extends Error {
  readonly hang: Hang;

  constructor(hang: Hang, seconds: number) {
    super(`run ${String(hang.run)} did not finish turn ${String(hang.turn)} within ${String(seconds)} s`);
    this.name = 'HangError';
    this.hang = hang;
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread under a watchdog; does one job at a time. */
export class Thread {
  readonly #worker: Worker;
  readonly #cells: Int32Array;
  #waiting: Waiting | null = null;
  #jobs = 0;
  #dead: Error | null = null;

  constructor(provided: ReadonlyMap<string, unknown> = new Map()) {
    const progress = new SharedArrayBuffer(16);
    this.#cells = new Int32Array(progress);
    this.#cells[0] = -1;
    const url = new URL(
      import.meta.url.endsWith('.ts') ? '../../dist/check/worker.js' : './worker.js',
      import.meta.url,
    );
    this.#worker = new Worker(url, { workerData: { progress, provided } });
    this.#worker.on('message', (message: AnswerMessage) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if ('error' in message) waiting?.reject(revived(message.error));
      else waiting?.resolve(message.answer);
    });
    const died = (error: Error): void => {
      this.#dead ??= error;
      this.#waiting?.reject(error);
      this.#waiting = null;
    };
    this.#worker.on('error', (error: unknown) => {
      died(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', (code) => {
      died(new Error(`a worker thread ended with code ${String(code)}`));
    });
  }

  /** Jobs it was given so far. */
  get jobs(): number {
    return this.#jobs;
  }

  get alive(): boolean {
    return this.#dead === null;
  }

  /** @param patient whether the limit is ten times as long, for a run that is repeated alone. */
  async do<K extends JobKind>(kind: K, ask: Jobs[K]['ask'], patient: boolean = false): Promise<Jobs[K]['answer']> {
    if (this.#dead !== null) throw this.#dead;
    const limit = patient ? TURN_LIMIT_MS * PATIENCE : TURN_LIMIT_MS;
    const watch = this.#watch(limit);
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve: resolve as (answer: unknown) => void, reject };
        this.#jobs += 1;
        this.#worker.postMessage({ id: this.#jobs, kind, ask });
      });
    } finally {
      clearInterval(watch);
    }
  }

  /** What scenarios require has come to be there. */
  provide(name: string, value: unknown): void {
    this.#worker.postMessage({ id: 0, kind: 'provide', ask: { name, value } } satisfies ProvideMessage);
  }

  /** Looks again and again whether the run under way makes turns. */
  #watch(limit: number): NodeJS.Timeout {
    let seen = '';
    let since = performance.now();
    return setInterval(() => {
      const [run = -1, turn = 0, begun = 0] = this.#cells;
      const state = `${String(run)}/${String(turn)}/${String(begun)}`;
      const now = performance.now();
      if (run === -1 || state !== seen) {
        seen = state;
        since = now;
      } else if (now - since >= limit) {
        const waiting = this.#waiting;
        this.#waiting = null;
        this.#dead = new HangError({ run, turn }, limit / 1000);
        void this.#worker.terminate();
        waiting?.reject(this.#dead);
      }
    }, LOOK_EVERY_MS);
  }

  async end(): Promise<void> {
    this.#dead ??= new Error('the thread was ended');
    await this.#worker.terminate();
  }
}

function revived({ message, stack, details }: TravellingError): Error {
  const error = details === null ? new Error(message) : new HeddleError(details);
  error.stack = stack;
  return error;
}
