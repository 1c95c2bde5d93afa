import { LONGEST_TIMER_MS } from '../errors/argument.ts';
import { invalid, requireText, requireWhole } from './argument-check.ts';
import { DEFAULT_OUTPUT_BYTES, MOST_OUTPUT_BYTES } from './output-capture.ts';

/** A task as its caller describes it. */
export interface TaskSpec {
  readonly id: string;
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  /** The whole environment of the process; by default that of this one. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** After how many ms it is stopped; by default the pool's. At most the pool's maximum. */
  readonly timeoutMs?: number | undefined;
  /** Bytes of output to keep; by default the pool's. 0 keeps nothing; at most about 512 Mi. */
  readonly maxOutputBytes?: number | undefined;
}

/** What is in force for a task from its start to its end. Frozen: nobody can change it. */
export interface TaskConfig {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
}

/** What is in force for tasks that say nothing. */
export interface TaskDefaults {
  /** Default 30 minutes, or `maxTimeoutMs` where that is less. */
  readonly defaultTimeoutMs?: number | undefined;
  /** No task may ask for more. Default 24 hours. */
  readonly maxTimeoutMs?: number | undefined;
  /** Default 10 MiB. */
  readonly maxOutputBytes?: number | undefined;
}

const HALF_AN_HOUR_MS = 30 * 60_000;
const A_DAY_MS = 24 * 3_600_000;

/** Makes configurations: every limit has a value, every value is checked. */
export class TaskConfigs {
  readonly #defaultTimeoutMs: number;
  readonly #maxTimeoutMs: number;
  readonly #maxOutputBytes: number;

  /** @throws PoolError 'invalid-argument' */
  constructor(defaults: TaskDefaults) {
    const { maxTimeoutMs = A_DAY_MS, maxOutputBytes = DEFAULT_OUTPUT_BYTES } = defaults;
    requireWhole('maxTimeoutMs', maxTimeoutMs, 1, LONGEST_TIMER_MS);
    const { defaultTimeoutMs = Math.min(HALF_AN_HOUR_MS, maxTimeoutMs) } = defaults;
    requireWhole('defaultTimeoutMs', defaultTimeoutMs, 1, maxTimeoutMs);
    requireWhole('maxOutputBytes', maxOutputBytes, 0, MOST_OUTPUT_BYTES);
    this.#defaultTimeoutMs = defaultTimeoutMs;
    this.#maxTimeoutMs = maxTimeoutMs;
    this.#maxOutputBytes = maxOutputBytes;
  }

  /**
   * The configuration of a task that is about to start: a copy, so that later changes to `spec` do not reach it.
   *
   * @throws PoolError 'invalid-argument'
   */
  snapshot(spec: TaskSpec): TaskConfig {
    const { id, command, args = [], cwd, env } = spec;
    const { timeoutMs = this.#defaultTimeoutMs, maxOutputBytes = this.#maxOutputBytes } = spec;
    requireText('id', id);
    requireText('command', command);
    if (!Array.isArray(args) || !args.every((each) => typeof each === 'string')) {
      throw invalid('args to be an array of strings', args);
    }
    requireWhole('timeoutMs', timeoutMs, 1, this.#maxTimeoutMs);
    requireWhole('maxOutputBytes', maxOutputBytes, 0, MOST_OUTPUT_BYTES);
    return Object.freeze({
      id,
      command,
      args: Object.freeze([...args]),
      cwd,
      env: env === undefined ? undefined : Object.freeze({ ...env }),
      timeoutMs,
      maxOutputBytes,
    });
  }
}
