/** What an error of heddle's says beyond its message. */
export interface HeddleErrorDetails {
  /** Machine-readable name of the mistake, for example `UNKNOWN_SCENARIO`. */
  readonly code: string;
  readonly expected: string;
  readonly received: string;
  /** What to do now, as an imperative sentence. */
  readonly next: string;
}

/**
 * Every error that heddle throws. The message is one sentence that says what was expected, what came, and what
 * to do.
 *
 * @example
 * ```ts
 * import { HeddleError } from 'heddle';
 * const error = new HeddleError({ code: 'BAD_RUNS', expected: 'a whole number of runs', received: '-1', next: 'Pass --runs 100.' });
 * console.log(error.message); // expected a whole number of runs, received -1. Pass --runs 100.
 * ```
 */
export class HeddleError extends Error {
  readonly code: string;
  readonly expected: string;
  readonly received: string;
  readonly next: string;

  constructor(details: HeddleErrorDetails, options?: ErrorOptions) {
    super(`expected ${details.expected}, received ${details.received}. ${details.next}`, options);
    this.name = 'HeddleError';
    this.code = details.code;
    this.expected = details.expected;
    this.received = details.received;
    this.next = details.next;
  }
}
