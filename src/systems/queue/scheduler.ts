import { inspect } from 'node:util';
import type { AttemptTable, BegunAttempt } from './attempt-table.ts';
import type { AttemptWatch } from './attempt-watch.ts';
import type { Bell } from './bell.ts';
import type { Submit, SubmitResult } from './job.ts';
import { QueueError } from './queue-error.ts';
import type { FailedAttempt, JobChange } from './queue-events.ts';
import type { QueueTerms } from './queue-options.ts';

export interface SchedulerParts {
  readonly table: AttemptTable;
  readonly watch: AttemptWatch;
  readonly bell: Bell;
  readonly terms: QueueTerms;
  readonly submit: Submit;
  /** Who it is in the database: nobody else's name. */
  readonly owner: string;
  readonly changed: (changes: readonly JobChange[]) => void;
  readonly attemptFailed: (attempt: FailedAttempt) => void;
  readonly trouble: (error: unknown) => void;
}

type Answer =
  { readonly answered: true; readonly result: SubmitResult } | { readonly answered: false; readonly reason: string };

/** What callers without types may get wrong. */
const RESULTS: ReadonlySet<unknown> = new Set<SubmitResult>(['submitted', 'completed', 'failed']);

/**
 * The worker loop. Each attempt is begun in the database before the receiver hears of it, and ended there when the
 * receiver has answered, so that a crash at any point leaves an attempt that somebody finds and makes again.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #underWay = new Set<Promise<void>>();
  readonly #loop: Promise<void>;
  #stopping = false;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#loop = this.#run();
  }

  /** Begins nothing any more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#parts.bell.ring();
    await this.#loop;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { bell, terms, trouble } = this.#parts;
    while (!this.#stopping) {
      const { rings } = bell;
      let waitMs = terms.pollMs;
      try {
        waitMs = Math.min(waitMs, await this.#beginWhatMayBegin());
      } catch (error) {
        trouble(error);
      }
      // stop() has rung since, if it was called.
      await bell.wait(rings, Math.ceil(waitMs));
    }
  }

  /** Returns the ms after which there may be more to do. */
  async #beginWhatMayBegin(): Promise<number> {
    const { table, watch, terms, owner } = this.#parts;
    const { due, nextInMs } = await watch.look();
    const again = [...due];
    while (!this.#stopping && this.#underWay.size < terms.concurrency) {
      // From before the database was asked: whoever sees the attempt there sees it later.
      const begunAt = performance.now();
      const job = again.shift();
      const attempt = job === undefined ? await table.beginNext(owner) : await table.beginAgain(owner, job);
      if (attempt !== undefined) this.#start(attempt, begunAt);
      else if (job === undefined) break;
    }
    return nextInMs;
  }

  #start(attempt: BegunAttempt, begunAt: number): void {
    const { bell } = this.#parts;
    const done = this.#make(attempt, begunAt).then(() => {
      this.#underWay.delete(done);
      bell.ring();
    });
    this.#underWay.add(done);
  }

  async #make(attempt: BegunAttempt, begunAt: number): Promise<void> {
    this.#parts.changed(attempt.attempt === 1 ? [{ id: attempt.id, status: 'submitting' }] : []);
    const answer = await this.#submit(attempt, begunAt);
    await this.#record(attempt, begunAt, answer);
  }

  async #submit({ id, payload, attempt }: BegunAttempt, begunAt: number): Promise<Answer> {
    const { submit, terms, attemptFailed } = this.#parts;
    const stop = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    try {
      // Others take the attempt for dead one lease after they saw it. It must be over then, so it must not begin late.
      if (performance.now() - begunAt > terms.leaseMs - terms.submitTimeoutMs) throw tooLate();
      const result = await new Promise<SubmitResult>((resolve, reject) => {
        timer = setTimeout(() => {
          const error = unanswered(terms.submitTimeoutMs);
          reject(error);
          stop.abort(error);
        }, terms.submitTimeoutMs);
        submit({ key: id, payload, attempt, signal: stop.signal }).then(resolve, reject);
      });
      if (!RESULTS.has(result)) throw noResult(result);
      return { answered: true, result };
    } catch (error) {
      attemptFailed({ id, attempt, error });
      return { answered: false, reason: reasonOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Writes down how an attempt has ended; gives up when it would be taken for dead anyway, as it then will be. */
  async #record(attempt: BegunAttempt, begunAt: number, answer: Answer): Promise<void> {
    const { table, terms, bell, changed, trouble } = this.#parts;
    for (;;) {
      try {
        changed(
          answer.answered
            ? await table.answered(
                attempt,
                answer.result,
                answer.result === 'failed' ? 'the receiver refused it' : null,
              )
            : await table.unanswered(attempt, answer.reason, terms.maxAttempts),
        );
        return;
      } catch (error) {
        trouble(error);
        if (this.#stopping || performance.now() - begunAt > terms.leaseMs) return;
        await bell.wait(bell.rings, terms.pollMs);
      }
    }
  }
}

/** Whatever a submission was rejected with: not everything that can be thrown can be made a string. */
function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : inspect(error);
}

function tooLate(): QueueError {
  return new QueueError('submit-timeout', {
    expected: 'a submission to begin soon after its attempt was written down',
    received: 'a delay that is too long: others may take the attempt for dead',
    nextStep: 'it is made again; raise leaseMs if this is frequent',
  });
}

function unanswered(ms: number): QueueError {
  return new QueueError('submit-timeout', {
    expected: `an answer to the submission within ${String(ms)} ms`,
    received: 'none',
    nextStep: 'it is made again under the same key; raise submitTimeoutMs if the receiver needs longer',
  });
}

function noResult(received: unknown): QueueError {
  return new QueueError('invalid-argument', {
    expected: "submit to resolve with 'submitted', 'completed' or 'failed'",
    received: inspect(received, { depth: 0 }),
    nextStep: 'correct the submit function',
  });
}
