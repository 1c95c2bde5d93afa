import type { Attempt, AttemptTable, OpenJob } from './attempt-table.ts';
import type { JobChange } from './queue-events.ts';
import { backoffAfter, type QueueTerms } from './queue-options.ts';
import { Sightings } from './sightings.ts';

/** What there is of jobs between their first submission and its answer. */
export interface OpenJobs {
  /** Attempts that are under way, here or in another process. */
  readonly underWay: readonly Attempt[];
  /** Jobs whose next attempt is due; none while the queue is paused. */
  readonly due: readonly OpenJob[];
  /** Ms until an attempt is given up or a back-off ends; Infinity if there is nothing to wait for. */
  readonly nextInMs: number;
}

/** Looks after attempts: gives up those whose process must have died, and says whose back-off is over. */
export class AttemptWatch {
  readonly #table: AttemptTable;
  readonly #terms: QueueTerms;
  readonly #announce: (changes: readonly JobChange[]) => void;
  readonly #sightings = new Sightings();

  constructor(table: AttemptTable, terms: QueueTerms, announce: (changes: readonly JobChange[]) => void) {
    this.#table = table;
    this.#terms = terms;
    this.#announce = announce;
  }

  async look(): Promise<OpenJobs> {
    const { leaseMs, maxAttempts } = this.#terms;
    const open = await this.#table.open();
    const now = performance.now();
    this.#sightings.see(open.map(nameOf), now);
    const underWay: Attempt[] = [];
    const due: OpenJob[] = [];
    let nextInMs = Infinity;
    for (const job of open) {
      const { owner } = job;
      const patience = owner === null ? backoffAfter(job.attempt, this.#terms) : leaseMs;
      const leftMs = patience - this.#sightings.age(nameOf(job), now);
      if (leftMs > 0) nextInMs = Math.min(nextInMs, leftMs);
      if (owner === null) {
        // Who begins an attempt takes the write lock: not now and then in vain.
        if (leftMs <= 0 && !job.paused) due.push(job);
      } else if (leftMs > 0) {
        underWay.push({ ...job, owner });
      } else {
        const reason = 'the process that had begun the last attempt has not ended it';
        this.#announce(await this.#table.unanswered({ ...job, owner }, reason, maxAttempts));
        // Its back-off begins when it is seen next.
        nextInMs = 0;
      }
    }
    return { underWay, due, nextInMs };
  }
}

/** Names one attempt, or the wait after it. */
function nameOf({ seq, attempt, owner }: OpenJob): string {
  return `${String(seq)}/${String(attempt)}/${owner ?? ''}`;
}
