import { DEFAULT_LATENCY } from '../../kernel/queues.ts';
import type { SimProcess } from '../../kernel/process.ts';
import type { Task } from '../../kernel/task.ts';
import type { Disk } from '../disk/disk.ts';
import { Client } from './client.ts';
import { Handle, type Outcome } from './handle.ts';
import { CODE, primary } from './result-codes.ts';
import { SqliteError } from './sqlite-error.ts';
import type { SqliteRow, SqliteValue, StatementResult } from './statement.ts';

export interface SqliteOptions {
  /** Virtual ms that a statement takes: `[min, max]`, or one number for both. Default `[0, 10]`. */
  readonly latency?: number | readonly [number, number];
  /** `PRAGMA journal_mode`. Default `delete`. */
  readonly journal?: 'delete' | 'truncate' | 'persist' | 'memory' | 'off' | 'wal';
  /** `PRAGMA synchronous`. Default `full`, as SQLite's own. */
  readonly synchronous?: 'off' | 'normal' | 'full' | 'extra';
  /**
   * Virtual ms for which a statement waits for a lock of another connection, where SQLite would call its busy handler.
   * Default 0: it fails with `SQLITE_BUSY` at once.
   */
  readonly busyTimeout?: number;
}

/** What stands in line on a connection: one statement, a script, opening and closing. */
interface Job {
  readonly label: string;
  readonly task: Task;
  perform(): Outcome;
  done(result: StatementResult): void;
  failed(error: unknown): void;
  /** Virtual ms for which it is tried again while SQLite would wait for a lock. */
  readonly waitsFor: number;
}

/** How long SQLite's own busy handler sleeps before it tries again, ms, the last value for ever. */
const DELAYS = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100] as const;
/** How long opening waits for a lock, ms: changing the journal mode needs the file alone. */
const OPENING_WAITS = 10_000;
/** How much of a statement a label shows, in characters. */
const LONGEST_LABEL = 48;
const NOTHING: StatementResult = { rows: [], changes: 0, tail: '' };

/**
 * A connection to a real SQLite on a simulated disk. Each statement is one event of the process that opened the
 * connection, performed as a whole when that event fires; statements of one connection run in the order of their calls.
 */
export class SqliteConnection {
  readonly #disk: Disk;
  readonly #process: SimProcess;
  readonly #handle: Handle;
  readonly #name: string;
  readonly #latency: readonly [number, number];
  readonly #busyTimeout: number;
  readonly #queue: Job[] = [];
  #busy = false;
  /** Why it cannot be used: it did not open, or was closed. */
  #broken: unknown = null;

  /** @see openSqlite */
  constructor(disk: Disk, file: string, options: SqliteOptions) {
    const { world } = disk.host;
    this.#disk = disk;
    this.#process = world.process;
    this.#name = file;
    const { latency = DEFAULT_LATENCY } = options;
    this.#latency = typeof latency === 'number' ? [latency, latency] : latency;
    this.#busyTimeout = options.busyTimeout ?? 0;
    const client = new Client(disk, world.process);
    this.#handle = new Handle(client, file);
    disk.opened(client);
    this.#open(options);
  }

  /** Whether a transaction is open, as far as statements have been performed. */
  get inTransaction(): boolean {
    return this.#handle.inTransaction;
  }

  /** Executes one statement; resolves with the number of rows that it changed. Rejects with {@link SqliteError}. */
  async run(sql: string, params: readonly SqliteValue[] = []): Promise<{ readonly changes: number }> {
    const { changes } = await this.#statement(sql, params, 'whole');
    return { changes };
  }

  /** Executes one statement and resolves with its rows. */
  async all(sql: string, params: readonly SqliteValue[] = []): Promise<readonly SqliteRow[]> {
    const { rows } = await this.#statement(sql, params, 'whole');
    return rows;
  }

  /** Executes all statements of a script, each as an event of its own, up to the first that fails. */
  async exec(script: string): Promise<void> {
    let rest = script;
    while (rest.trim() !== '') rest = await this.execFirst(rest);
  }

  /** Executes the first statement of a script and resolves with what follows it. */
  async execFirst(script: string): Promise<string> {
    const { tail } = await this.#statement(script, [], 'first');
    return tail;
  }

  /** Closes the connection after what was asked of it; an open transaction is rolled back. */
  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue({
        label: `close ${this.#name}`,
        waitsFor: 0,
        perform: () => {
          if (!this.#handle.close()) return { kind: 'died' };
          this.#disk.closed(this.#handle.client);
          this.#broken = new SqliteError(CODE.misuse, 'the connection is closed');
          return { kind: 'done', value: NOTHING };
        },
        done: () => {
          resolve();
        },
        failed: reject,
      });
    });
  }

  #open({ journal = 'delete', synchronous = 'full' }: SqliteOptions): void {
    let opened = false;
    const pragmas = [`PRAGMA synchronous = ${synchronous}`, `PRAGMA journal_mode = ${journal}`];
    this.#enqueue({
      label: `open ${this.#name}`,
      waitsFor: OPENING_WAITS,
      perform: () => {
        if (!opened) this.#handle.open();
        opened = true;
        for (const pragma of pragmas) {
          const outcome = this.#handle.execute(pragma, [], 'whole');
          if (outcome.kind !== 'done') return outcome;
        }
        return { kind: 'done', value: NOTHING };
      },
      done: () => undefined,
      failed: (error) => {
        this.#broken = error;
      },
    });
  }

  #statement(sql: string, params: readonly SqliteValue[], part: 'whole' | 'first'): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      this.#enqueue({
        label: labelOf(sql),
        waitsFor: this.#busyTimeout,
        perform: () => this.#handle.execute(sql, params, part),
        done: resolve,
        failed: reject,
      });
    });
  }

  #enqueue(job: Omit<Job, 'task'>): void {
    const { host } = this.#disk;
    host.work(job.label);
    this.#queue.push({ ...job, task: host.world.currentTask() });
    if (!this.#busy) this.#next();
  }

  #next(): void {
    const job = this.#queue.shift();
    this.#busy = job !== undefined;
    if (job !== undefined) this.#attempt(job, this.#latency, 0, null);
  }

  /** Performs the job when its time has come, and again later while it may wait for a lock. */
  #attempt(job: Job, latency: readonly [number, number], retries: number, since: number | null): void {
    const { world } = this.#disk.host;
    const label = `sql ${job.label}${retries === 0 ? '' : ' again'}`;
    const turn = world.deliver('io', label, this.#process, job.task, latency, () => {
      if (this.#broken !== null) {
        job.failed(this.#broken);
        this.#next();
        return;
      }
      const outcome = performed(job);
      // Nobody is left who could learn how it ended.
      if (outcome.kind === 'died') return;
      const began = since ?? world.now;
      if (outcome.kind === 'failed' && outcome.waits && isBusy(outcome.error) && world.now - began < job.waitsFor) {
        const delay = DELAYS[Math.min(retries, DELAYS.length - 1)]!;
        this.#attempt(job, [delay, delay + 1], retries + 1, began);
        return;
      }
      this.#disk.quiet(job.label);
      if (outcome.kind === 'done') job.done(outcome.value);
      else job.failed(outcome.error);
      this.#next();
    });
    // Also who reads takes locks, for which others wait.
    turn.touches = [{ resource: `${this.#disk.name}/${this.#name}`, writes: true }];
  }
}

function performed(job: Job): Outcome {
  try {
    return job.perform();
  } catch (error) {
    return { kind: 'failed', error, waits: false };
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof SqliteError && primary(error.errcode) === CODE.busy;
}

/** A statement as the trace shows it: on one line, its beginning. */
function labelOf(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length <= LONGEST_LABEL ? line : `${line.slice(0, LONGEST_LABEL - 1)}…`;
}

/**
 * Opens a database file on a simulated disk, for the current process. Opening is an event of its own; statements asked
 * for before it has happened wait for it.
 *
 * @example
 * ```ts
 * import { openSqlite } from 'heddle/sqlite';
 * import type { Sim } from 'heddle';
 *
 * export async function balance(sim: Sim): Promise<void> {
 *   const disk = sim.disk('ssd', { faults: ['power loss'] });
 *   const app = sim.process('app', { crashes: 1, restartAfter: [100, 1000] });
 *   app.start(async () => {
 *     const database = openSqlite(disk, 'app.db', { journal: 'wal' });
 *     await database.run('CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, balance INTEGER)');
 *     await database.run('INSERT INTO account VALUES (?, ?)', ['a', 100]);
 *     await database.close();
 *   });
 *   await sim.sleep(5000);
 * }
 * ```
 */
export function openSqlite(disk: Disk, file: string, options: SqliteOptions = {}): SqliteConnection {
  return new SqliteConnection(disk, file, options);
}
