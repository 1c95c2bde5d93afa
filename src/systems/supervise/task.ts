import type { Slots, SlotWaiter } from './slots.ts';
import { SuperviseError } from './supervise-error.ts';

/** How a task ended, as data. */
export type TaskOutcome<T> =
  | { readonly status: 'done'; readonly value: T }
  /** It threw `error`. */
  | { readonly status: 'failed'; readonly error: unknown }
  /** It did not end within its time, or was stopped, or its caller is gone. */
  | { readonly status: 'timed-out' | 'cancelled'; readonly error: SuperviseError }
  /** It was never started, because nothing that runs ever stops. */
  | { readonly status: 'refused'; readonly error: SuperviseError };

/** A task as its caller sees it. */
export interface SupervisedTask<T> {
  readonly name: string;
  /**
   * How it ended; never rejects. It settles when the task's code has ended; or, for a task that was told to stop and
   * goes on, when its shutdown time is over.
   */
  readonly outcome: Promise<TaskOutcome<T>>;
  /** Settles when the task's code has really ended, or will never start. For a task that never stops: never. */
  readonly ended: Promise<void>;
  /** Whether that is so. */
  readonly hasEnded: boolean;
  /** Tells it to stop: its signal aborts with `reason`. Resolves as `outcome` does. */
  stop(reason?: unknown): Promise<TaskOutcome<T>>;
}

export interface TaskTerms {
  readonly name: string;
  readonly timeoutMs: number;
  readonly shutdownMs: number;
}

/** A task as its supervisor sees it, whatever it returns. */
export interface OwnedTask {
  readonly name: string;
  readonly outcome: Promise<TaskOutcome<unknown>>;
  /** Tells it to stop, with the error that says why. */
  stopWith(status: 'timed-out' | 'cancelled', error: SuperviseError): void;
}

/** What a task's supervisor is told. */
export interface TaskListener {
  abandoned(task: OwnedTask): void;
  ended(task: OwnedTask): void;
}

/** One asynchronous child: queued, running, stopping, then ended, or abandoned because it does not stop. */
export class Task<T> implements SupervisedTask<T>, OwnedTask, SlotWaiter {
  readonly name: string;
  readonly outcome: Promise<TaskOutcome<T>>;
  readonly ended: Promise<void>;
  /** Set once; ends the watching of the caller. */
  unwatch: () => void = () => undefined;
  readonly #run: (signal: AbortSignal) => T | PromiseLike<T>;
  readonly #terms: TaskTerms;
  readonly #slots: Slots;
  readonly #listener: TaskListener;
  readonly #abort = new AbortController();
  #state: 'queued' | 'running' | 'stopping' | 'abandoned' | 'ended' = 'queued';
  /** Why it has to stop; decides the outcome whatever the code returns afterwards. */
  #verdict: TaskOutcome<T> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #settle!: (outcome: TaskOutcome<T>) => void;
  #end!: () => void;

  constructor(
    run: (signal: AbortSignal) => T | PromiseLike<T>,
    terms: TaskTerms,
    slots: Slots,
    listener: TaskListener,
  ) {
    this.name = terms.name;
    this.#run = run;
    this.#terms = terms;
    this.#slots = slots;
    this.#listener = listener;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Not started, and still wanted. */
  get queued(): boolean {
    return this.#state === 'queued';
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  stop(reason?: unknown): Promise<TaskOutcome<T>> {
    const { name } = this;
    const error = new SuperviseError('stopped', {
      expected: `task ${name} to be wanted until it has ended`,
      received: 'a request to stop it',
      nextStep: "see this error's cause for the reason",
      cause: reason,
    });
    this.stopWith('cancelled', error);
    return this.outcome;
  }

  stopWith(status: 'timed-out' | 'cancelled', error: SuperviseError): void {
    if (this.#state === 'queued') {
      this.#slots.leave(this);
      this.#conclude({ status, error });
      return;
    }
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#verdict = { status, error };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#abandon();
    }, this.#terms.shutdownMs);
    this.#abort.abort(error);
  }

  begin(): void {
    const { name, timeoutMs } = this.#terms;
    this.#state = 'running';
    if (timeoutMs !== Infinity) {
      this.#timer = setTimeout(() => {
        const error = new SuperviseError('timed-out', {
          expected: `task ${name} to end within ${timeoutMs} ms`,
          received: 'no end in that time',
          nextStep: 'raise timeoutMs, or find out what it waits for',
        });
        this.stopWith('timed-out', error);
      }, timeoutMs);
    }
    this.#perform().then(
      (value) => {
        this.#returned({ status: 'done', value });
      },
      (error: unknown) => {
        this.#returned({ status: 'failed', error });
      },
    );
  }

  refuse(): void {
    const error = new SuperviseError('slots-stuck', {
      expected: 'a free slot',
      received: 'slots that are all held by tasks that do not stop',
      nextStep: 'make tasks obey their abort signal, or raise the number of slots',
    });
    this.#conclude({ status: 'refused', error });
  }

  /** Also what the code throws synchronously is a rejection. */
  async #perform(): Promise<T> {
    return await this.#run(this.#abort.signal);
  }

  #returned(outcome: TaskOutcome<T>): void {
    clearTimeout(this.#timer);
    const wasAbandoned = this.#state === 'abandoned';
    this.#conclude(this.#verdict ?? outcome);
    this.#slots.giveBack(wasAbandoned);
  }

  #conclude(outcome: TaskOutcome<T>): void {
    this.#state = 'ended';
    this.unwatch();
    this.#settle(outcome);
    this.#end();
    this.#listener.ended(this);
  }

  #abandon(): void {
    this.#state = 'abandoned';
    this.unwatch();
    this.#settle(this.#verdict!);
    this.#slots.markStuck();
    this.#listener.abandoned(this);
  }
}
