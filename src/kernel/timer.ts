import { KIND, PendingEvent } from './event.ts';
import type { Task } from './task.ts';
import type { Queues } from './queues.ts';

/** Node's largest delay; anything above it, below 1 or not a number becomes 1 ms. */
const TIMEOUT_MAX = 2 ** 31 - 1;

/** The delay that Node would use, in ms. */
export function nodeDelay(delay: unknown): number {
  const ms = Number(delay);
  return ms >= 1 && ms <= TIMEOUT_MAX ? Math.trunc(ms) : 1;
}

export type TimerCallback = (...args: unknown[]) => unknown;

/** All timers of one duration, oldest first: Node's own structure, from which its firing order follows. */
export class TimerList {
  readonly delay: number;
  head: Timeout | null = null;
  tail: Timeout | null = null;
  rank = 0;
  seq = 0;
  slot = -1;

  constructor(delay: number) {
    this.delay = delay;
  }
}

/** A timer of the simulated process, with the surface of Node's `Timeout`. */
export class Timeout extends PendingEvent {
  readonly #world: Queues;
  list: TimerList | null = null;
  previous: Timeout | null = null;
  next: Timeout | null = null;
  delay: number;
  /** The interval in ms; null for a timeout. */
  repeat: number | null;
  /** Counts re-arms: the order of timers within one duration. */
  order: number;
  referenced = true;
  onTimeout: TimerCallback | null;
  readonly args: unknown[];

  constructor(
    world: Queues,
    seq: number,
    task: Task,
    due: number,
    latest: number,
    callback: TimerCallback,
    delay: number,
    args: unknown[],
    repeats: boolean,
  ) {
    super(seq, repeats ? KIND.interval : KIND.timeout, '', world.process, task, due, latest, null);
    this.#world = world;
    this.delay = delay;
    this.repeat = repeats ? delay : null;
    this.order = seq;
    this.onTimeout = callback;
    this.args = args;
  }

  override describe(): string {
    return `${this.kind} ${this.delay} ms`;
  }

  override invoke(): void {
    const callback = this.onTimeout;
    if (callback !== null) Reflect.apply(callback, this, this.args);
  }

  ref(): this {
    this.referenced = true;
    return this;
  }

  unref(): this {
    this.referenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.referenced;
  }

  /** Starts the delay anew, also when the timer has fired already. */
  refresh(): this {
    this.#world.refresh(this);
    return this;
  }

  close(): this {
    this.#world.clearTimer(this);
    return this;
  }

  [Symbol.toPrimitive](): number {
    this.#world.timersById ??= new Map();
    this.#world.timersById.set(this.seq, this);
    return this.seq;
  }

  [Symbol.dispose](): void {
    this.#world.clearTimer(this);
  }
}
