import { KIND, PendingEvent } from './event.ts';
import type { TimerCallback } from './timer.ts';
import type { Task } from './task.ts';
import type { Queues } from './queues.ts';

/** An immediate of the simulated process, with the surface of Node's `Immediate`. */
export class Immediate extends PendingEvent {
  readonly #world: Queues;
  previous: Immediate | null = null;
  next: Immediate | null = null;
  readonly onImmediate: TimerCallback;
  readonly args: unknown[];
  #referenced = true;

  constructor(world: Queues, seq: number, task: Task, latest: number, callback: TimerCallback, args: unknown[]) {
    super(seq, KIND.immediate, 'immediate', world.process, task, world.now, latest, null);
    this.#world = world;
    this.onImmediate = callback;
    this.args = args;
  }

  override invoke(): void {
    Reflect.apply(this.onImmediate, this, this.args);
  }

  ref(): this {
    this.#referenced = true;
    return this;
  }

  unref(): this {
    this.#referenced = false;
    return this;
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  [Symbol.dispose](): void {
    this.#world.clearImmediate(this);
  }
}
