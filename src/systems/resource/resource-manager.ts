import { Announcer } from '../breaker/announcer.ts';
import { LONGEST_TIMER_MS } from '../errors/argument.ts';
import { PeriodicTimer } from '../service/periodic-timer.ts';
import { AlertDesk, type AlertCallback } from './alert-desk.ts';
import { invalidOption, ResourceError } from './resource-error.ts';
import { usageOf, type Backpressure, type Limits, type Usage } from './usage.ts';

export interface ResourceManagerOptions {
  /** Entries of one table that are all of its limit. Default: no limit. */
  readonly maxEntriesPerTable?: number;
  /** Entries of all tables together. Default: no limit. */
  readonly maxEntries?: number;
  /** Bytes of memory. Default: no limit, and memory is not measured. */
  readonly maxMemoryBytes?: number;
  /** Bytes in use. Default: V8's heap. */
  readonly measureMemory?: () => number;
  /** Share of a limit from which back-pressure is moderate; above 0, at most 1. Default 0.8. */
  readonly alertThreshold?: number;
  /** Ms between two measurements; a whole number >= 1. Default 5,000. */
  readonly measureEveryMs?: number;
  /** Ms that an alert callback may take until it is reported; a whole number >= 1. Default 5,000. */
  readonly alertTimeoutMs?: number;
}

/** A table as the manager sees it: a `Map`, a `Set` or a repository is one. */
export interface MonitoredTable {
  readonly size: number;
}

export type AdmitOutcome =
  { readonly ok: true } | { readonly ok: false; readonly error: 'backpressure'; readonly usage: Usage };

export interface ResourceManagerEvents {
  /** A callback or a table failed. If nobody listens, it becomes a warning of the process. */
  failed: [error: ResourceError];
}

/**
 * Watches how full tables and memory are, and says when callers should hold back.
 *
 * - Back-pressure is `severe` from 100 % of any limit, `moderate` from `alertThreshold`, and `normal` below. It follows
 *   each measurement at once, in both directions. Measured is every `measureEveryMs`, when a table is added or
 *   removed, and when somebody asks to be admitted.
 * - Every change is told to the alert callbacks, which can harm nobody: see {@link AlertDesk}.
 *
 * @example
 * ```ts
 * const agents = new Map<string, object>();
 * const manager = new ResourceManager({ maxEntriesPerTable: 10_000 });
 * manager.registerAlertCallback(({ to, usage }) => console.log(to, usage.tables));
 * manager.monitorTable('agents', agents);
 * if (manager.admit().ok) agents.set('a', {});
 * await manager.close();
 * ```
 */
export class ResourceManager extends Announcer<ResourceManagerEvents> {
  readonly #limits: Limits;
  readonly #alertThreshold: number;
  readonly #measureMemory: () => number;
  readonly #tables = new Map<string, MonitoredTable>();
  readonly #sizes = new Map<string, number>();
  readonly #alerts: AlertDesk;
  readonly #timer: PeriodicTimer;
  #usage: Usage = { tables: {}, totalEntries: 0, memoryBytes: 0, ratio: 0 };
  #backpressure: Backpressure = 'normal';

  /** @throws ResourceError `invalid-option`, ServiceError `invalid-option` for `measureEveryMs` */
  constructor(options: ResourceManagerOptions = {}) {
    super();
    const { maxEntriesPerTable = Infinity, maxEntries = Infinity, maxMemoryBytes = Infinity } = options;
    const { alertThreshold = 0.8, measureEveryMs = 5_000, alertTimeoutMs = 5_000 } = options;
    const limits = { maxEntriesPerTable, maxEntries, maxMemoryBytes };
    for (const [name, limit] of Object.entries(limits)) {
      if (typeof limit !== 'number' || !(limit > 0)) throw invalidOption(`${name} to be a number above 0`, limit);
    }
    if (!(alertThreshold > 0 && alertThreshold <= 1)) {
      throw invalidOption('alertThreshold to be a number above 0, at most 1', alertThreshold);
    }
    if (!Number.isSafeInteger(alertTimeoutMs) || alertTimeoutMs < 1 || alertTimeoutMs > LONGEST_TIMER_MS) {
      throw invalidOption(`alertTimeoutMs to be a whole number of ms from 1 to ${LONGEST_TIMER_MS}`, alertTimeoutMs);
    }
    this.#limits = limits;
    this.#alertThreshold = alertThreshold;
    this.#measureMemory = options.measureMemory ?? (() => process.memoryUsage().heapUsed);
    this.#alerts = new AlertDesk(alertTimeoutMs, (error) => {
      this.#report(error);
    });
    const tick = (): void => {
      this.measure();
    };
    this.#timer = new PeriodicTimer({ periodMs: measureEveryMs, tick }).start();
  }

  /** As of the last measurement. */
  get backpressure(): Backpressure {
    return this.#backpressure;
  }

  /** As of the last measurement. */
  get usage(): Usage {
    return this.#usage;
  }

  /**
   * Watches a table, in the place of the one that had this name. Measures: the back-pressure is up to date afterwards.
   *
   * @throws ResourceError `invalid-option`, `closed`
   */
  monitorTable(name: string, table: MonitoredTable): Usage {
    this.#requireOpen();
    if (typeof name !== 'string' || name === '') throw invalidOption('name to be a non-empty string', name);
    const { size } = Object(table) as Partial<MonitoredTable>;
    if (!isSize(size)) throw invalidOption('table.size to be a number >= 0', size);
    this.#tables.set(name, table);
    return this.measure();
  }

  /** Watches it no longer, and measures. @returns whether there was such a table */
  unmonitorTable(name: string): boolean {
    const known = this.#tables.delete(name);
    this.#sizes.delete(name);
    if (known && !this.#timer.closed) this.measure();
    return known;
  }

  /**
   * Calls `callback` on every change of the back-pressure from now on.
   *
   * @returns what ends that
   * @throws ResourceError `invalid-option`, `closed`
   */
  registerAlertCallback(callback: AlertCallback): () => void {
    this.#requireOpen();
    if (typeof callback !== 'function') throw invalidOption('the alert callback to be a function', callback);
    return this.#alerts.register(callback);
  }

  /**
   * Whether more should be taken in now: measures, and refuses while back-pressure is severe.
   *
   * @throws ResourceError `closed`
   */
  admit(): AdmitOutcome {
    const usage = this.measure();
    return this.#backpressure === 'severe' ? { ok: false, error: 'backpressure', usage } : { ok: true };
  }

  /**
   * Measures now, and brings the back-pressure up to date.
   *
   * @throws ResourceError `closed`
   */
  measure(): Usage {
    this.#requireOpen();
    for (const [name, table] of this.#tables) this.#measureTable(name, table);
    const usage = usageOf(this.#sizes, this.#memory(), this.#limits);
    this.#usage = usage;
    const from = this.#backpressure;
    const to = usage.ratio >= 1 ? 'severe' : usage.ratio >= this.#alertThreshold ? 'moderate' : 'normal';
    this.#backpressure = to;
    if (from !== to) this.#alerts.raise({ from, to, usage });
    return usage;
  }

  /** Stops measuring and alerting. Waits for no alert callback; their signals are aborted. */
  close(): Promise<void> {
    this.#alerts.close();
    return this.#timer.close();
  }

  #requireOpen(): void {
    if (!this.#timer.closed) return;
    throw new ResourceError('closed', {
      category: 'permanent',
      recoveryStrategy: 'propagate',
      expected: 'the resource manager to be open',
      received: 'a call after close()',
      nextStep: 'make a new one',
    });
  }

  #measureTable(name: string, table: MonitoredTable): void {
    this.#attempt(`table ${JSON.stringify(name)}`, () => {
      const { size } = table;
      if (isSize(size)) this.#sizes.set(name, size);
      else throw invalidOption('a number >= 0', size);
    });
  }

  #memory(): number {
    let bytes = this.#usage.memoryBytes;
    if (this.#limits.maxMemoryBytes === Infinity) return 0;
    this.#attempt('the memory', () => {
      const measured = this.#measureMemory();
      if (isSize(measured)) bytes = measured;
      else throw invalidOption('a number of bytes >= 0', measured);
    });
    return bytes;
  }

  /** One thing that cannot be measured must not keep the others from it. */
  #attempt(what: string, measure: () => void): void {
    try {
      measure();
    } catch (cause) {
      const error = new ResourceError('measure-failed', {
        category: 'system',
        recoveryStrategy: 'fallback',
        expected: `the size of ${what}`,
        received: 'an error, which is the cause',
        nextStep: 'mend it; the last known size counts until then',
        cause,
      });
      this.#report(error);
    }
  }

  #report(error: ResourceError): void {
    if (this.listenerCount('failed') > 0) this.announce('failed', error);
    else process.emitWarning(error);
  }
}

function isSize(size: unknown): size is number {
  return typeof size === 'number' && size >= 0 && size < Infinity;
}
