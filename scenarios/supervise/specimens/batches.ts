import { BatchOperations, TaskSupervisor, type Caller, type TaskOutcome } from 'heddle/systems';
import * as documented from './as-documented.ts';
import * as found from './as-found.ts';
import { AsTheyCome } from './mutants.ts';

/** What became of an item, as a word that says the same of all subjects. */
export type Ended = { readonly value: unknown } | 'failed' | 'timed-out' | 'not-run';

export interface MapOptions {
  readonly max: number;
  readonly timeoutMs: number;
  /** On whose behalf. The specimens have nothing by which they could be told. */
  readonly caller?: Caller;
}

export type Work<I> = (item: I, signal: AbortSignal) => Promise<unknown>;

/** What the scenarios ask of batch operations, whatever their own interface looks like. */
export interface Batches {
  parallelMap<I>(items: readonly I[], work: Work<I>, options: MapOptions): Promise<Ended[]>;
  /** Runs `body`; its signal aborts when it has failed, in subjects that know of such a thing. */
  scope(body: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Ends the supervisor, where there is one. */
  close(): Promise<void>;
}

/** ms that a child of ours is given after it was told to stop. */
export const SHUTDOWN_MS = 50;

class Ours implements Batches {
  readonly #tasks = new TaskSupervisor({ shutdownMs: SHUTDOWN_MS });
  readonly #batch = new BatchOperations(this.#tasks);

  async parallelMap<I>(items: readonly I[], work: Work<I>, options: MapOptions): Promise<Ended[]> {
    const { max: maxConcurrency, timeoutMs, caller } = options;
    const terms = { maxConcurrency, timeoutMs, ...caller };
    const outcomes = await this.#batch.parallelMap(items, (item, { signal }) => work(item, signal), terms);
    return outcomes.map(inOneWord);
  }

  scope(body: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return this.#tasks.scope(({ signal }) => body(signal));
  }

  close(): Promise<void> {
    return this.#tasks.close();
  }
}

function inOneWord(outcome: TaskOutcome<unknown>): Ended {
  if (outcome.status === 'done') return { value: outcome.value };
  if (outcome.status === 'failed' || outcome.status === 'timed-out') return outcome.status;
  return 'not-run';
}

class Specimen implements Batches {
  readonly #supervisor: documented.TaskSupervisor | null;
  readonly #batch: found.BatchOperations | documented.BatchOperations;

  constructor(supervisor: documented.TaskSupervisor | null) {
    this.#supervisor = supervisor;
    this.#batch =
      supervisor === null
        ? new found.BatchOperations()
        : new documented.BatchOperations(() => (supervisor.alive ? supervisor : null));
  }

  async parallelMap<I>(items: readonly I[], work: Work<I>, { max, timeoutMs }: MapOptions): Promise<Ended[]> {
    const options = { maxConcurrency: max, timeout: timeoutMs };
    const results = await this.#batch.parallelMap(items, work, options);
    return results.map((result) =>
      'ok' in result ? { value: result.ok } : result.exit === 'timeout' ? 'timed-out' : 'failed',
    );
  }

  scope(body: (signal: AbortSignal) => Promise<void>): Promise<void> {
    return body(new AbortController().signal);
  }

  async close(): Promise<void> {
    await this.#supervisor?.stop();
  }
}

export const ours = (): Batches => new Ours();
export const asFound = (): Batches => new Specimen(null);
export const asDocumented = (): Batches => new Specimen(new documented.TaskSupervisor());
export const asTheyCome = (): Batches => new AsTheyCome();
