import type { Scheduler } from 'fast-check';
import type { Cell, Condition, Machine, Mutex } from './program.ts';

/** Makes a scheduling point. */
type Step = (label: string) => Promise<unknown>;

class ScheduledCell<T> implements Cell<T> {
  value: T;
  readonly #step: Step;
  readonly #name: string;

  constructor(step: Step, name: string, initial: T) {
    this.#step = step;
    this.#name = name;
    this.value = initial;
  }

  async read(): Promise<T> {
    await this.#step(`read ${this.#name}`);
    return this.value;
  }

  async write(value: T): Promise<void> {
    await this.#step(`write ${this.#name}`);
    this.value = value;
  }

  async update(change: (value: T) => T): Promise<T> {
    await this.#step(`update ${this.#name}`);
    this.value = change(this.value);
    return this.value;
  }
}

class ScheduledMutex implements Mutex {
  readonly #step: Step;
  readonly #label: string;
  readonly #waiting: (() => void)[] = [];
  #free = true;

  constructor(step: Step, name: string) {
    this.#step = step;
    this.#label = `lock ${name}`;
  }

  /**
   * When somebody asks is a matter of the schedule; who asks first is served first, as with the mutexes that one finds on
   * npm. Tries that fail would be steps of their own, since a scheduled task cannot be taken back: with 100 tasks nearly all.
   */
  async lock(): Promise<void> {
    await this.#step(this.#label);
    if (this.#free) this.#free = false;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  unlock(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free = true;
    else next();
  }
}

class ScheduledCondition implements Condition {
  readonly #waiting: (() => void)[] = [];

  async wait(mutex: Mutex): Promise<void> {
    const signalled = new Promise<void>((resolve) => this.#waiting.push(resolve));
    mutex.unlock();
    await signalled;
    await mutex.lock();
  }

  signal(): void {
    this.#waiting.shift()?.();
  }
}

/** The machine of programs on fast-check's scheduler: every access is a task of its own, as its documentation has it. */
export class FastCheckMachine implements Machine {
  readonly #step: Step;
  #open = 0;
  #failure: unknown = null;

  constructor(scheduler: Scheduler) {
    this.#step = (label) => scheduler.schedule(Promise.resolve(), label);
  }

  /** Tasks that have not settled. */
  get open(): number {
    return this.#open;
  }

  /** What the first task that threw has thrown; null when none did. */
  get failure(): unknown {
    return this.#failure;
  }

  cell<T>(name: string, initial: T): Cell<T> {
    return new ScheduledCell(this.#step, name, initial);
  }

  mutex(name: string): Mutex {
    return new ScheduledMutex(this.#step, name);
  }

  condition(): Condition {
    return new ScheduledCondition();
  }

  async atomic<T>(label: string, _uses: unknown, section: () => T): Promise<T> {
    await this.#step(label);
    return section();
  }

  task(name: string, run: () => Promise<void>): void {
    this.#open += 1;
    this.#step(`start ${name}`)
      .then(run)
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#open -= 1;
      });
  }
}
