import type { Sim } from 'heddle';
import {
  AssertionFailed,
  type Cell,
  type Condition,
  type Machine,
  type Mutex,
  type Program,
  type Uses,
} from './machine.ts';

type Host = Parameters<Parameters<Sim['attach']>[0]>[0];
type PendingEvent = ReturnType<Host['world']['deliver']>;
type Task = PendingEvent['task'];
type Touches = NonNullable<PendingEvent['touches']>;

/** No deadline: what is enabled may come at any time, and time does not pass. */
const WHENEVER = [0, Infinity] as const;

/** Every access is an event on its resource. A turn is of one task, so the world's task is the one that asks. */
class Steps {
  readonly #world: Host['world'];

  constructor(host: Host) {
    this.#world = host.world;
  }

  /** The task of the turn that goes on. */
  get task(): Task {
    return this.#world.task;
  }

  queue(task: Task, label: string, touches: Touches, act: () => void): PendingEvent {
    const event = this.#world.deliver('io', label, task.process, task, WHENEVER, act);
    event.touches = touches;
    return event;
  }

  /** The turn's task wants what it cannot have yet. */
  waits(touches: Touches): number {
    return this.#world.waits(touches);
  }

  touch(touches: Touches): void {
    for (const { resource, writes } of touches) this.#world.touch(resource, writes);
  }

  cancel(event: PendingEvent): void {
    this.#world.cancel(event);
  }

  next(label: string, touches: Touches): Promise<void> {
    return new Promise((resolve) => {
      this.queue(this.task, label, touches, resolve);
    });
  }
}

class SimulatedCell<T> implements Cell<T> {
  value: T;
  readonly name: string;
  readonly #steps: Steps;
  readonly #reading: Touches;
  readonly #writing: Touches;

  constructor(steps: Steps, name: string, initial: T) {
    this.#steps = steps;
    this.name = name;
    this.value = initial;
    this.#reading = [{ resource: name, writes: false }];
    this.#writing = [{ resource: name, writes: true }];
  }

  async read(): Promise<T> {
    await this.#steps.next(`read ${this.name}`, this.#reading);
    return this.value;
  }

  async write(value: T): Promise<void> {
    await this.#steps.next(`write ${this.name}`, this.#writing);
    this.value = value;
  }

  async update(change: (value: T) => T): Promise<T> {
    await this.#steps.next(`update ${this.name}`, this.#writing);
    this.value = change(this.value);
    return this.value;
  }
}

/** Somebody who wants the mutex. */
interface Waiter {
  readonly task: Task;
  readonly granted: () => void;
  /** The turn in which it began to wait. */
  readonly since: number;
  /** Its `lock` event, while the mutex is free. */
  pending: PendingEvent | null;
}

/** `lock` is an event that is pending while the mutex is free only: whose comes first, has it. */
class SimulatedMutex implements Mutex {
  readonly #steps: Steps;
  readonly #label: string;
  readonly #unlabel: string;
  readonly #touches: Touches;
  readonly #waiters = new Set<Waiter>();
  #free = true;

  constructor(steps: Steps, name: string) {
    this.#steps = steps;
    this.#label = `lock ${name}`;
    this.#unlabel = `unlock ${name}`;
    this.#touches = [{ resource: name, writes: true }];
  }

  lock(): Promise<void> {
    return this.lockAs(this.#steps.task);
  }

  lockAs(task: Task): Promise<void> {
    return new Promise((granted) => {
      const since = this.#steps.waits(this.#free ? [] : this.#touches);
      const waiter: Waiter = { task, granted, since, pending: null };
      this.#waiters.add(waiter);
      if (this.#free) this.#offer(waiter);
    });
  }

  async unlock(): Promise<void> {
    await this.#steps.next(this.#unlabel, this.#touches);
    this.release();
  }

  release(): void {
    this.#steps.touch(this.#touches);
    this.#free = true;
    for (const waiter of this.#waiters) this.#offer(waiter);
  }

  #offer(waiter: Waiter): void {
    waiter.pending = this.#steps.queue(waiter.task, this.#label, this.#touches, () => {
      this.#grant(waiter);
    });
    waiter.pending.since = waiter.since;
  }

  #grant(waiter: Waiter): void {
    this.#free = false;
    this.#waiters.delete(waiter);
    for (const { pending } of this.#waiters) this.#steps.cancel(pending!);
    waiter.granted();
  }
}

class SimulatedCondition implements Condition {
  readonly #steps: Steps;
  readonly #waiting: (() => void)[] = [];

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  wait(mutex: Mutex): Promise<void> {
    const { task } = this.#steps;
    const again = new Promise<void>((resolve) => {
      this.#waiting.push(() => {
        resolve((mutex as SimulatedMutex).lockAs(task));
      });
    });
    (mutex as SimulatedMutex).release();
    return again;
  }

  signal(): void {
    this.#waiting.shift()?.();
  }
}

class Simulated implements Machine {
  readonly #sim: Sim;
  readonly #steps: Steps;
  readonly tasks: Promise<void>[] = [];

  constructor(sim: Sim) {
    this.#sim = sim;
    this.#steps = sim.attach((host) => new Steps(host));
  }

  cell<T>(name: string, initial: T): Cell<T> {
    return new SimulatedCell(this.#steps, name, initial);
  }

  mutex(name: string): Mutex {
    return new SimulatedMutex(this.#steps, name);
  }

  condition(): Condition {
    return new SimulatedCondition(this.#steps);
  }

  async atomic<T>(label: string, { reads = [], writes = [] }: Uses, section: () => T): Promise<T> {
    const touch = (writing: boolean) => (cell: Cell<unknown>) => ({
      resource: (cell as SimulatedCell<unknown>).name,
      writes: writing,
    });
    await this.#steps.next(label, [...reads.map(touch(false)), ...writes.map(touch(true))]);
    return section();
  }

  task(name: string, run: () => Promise<void>): void {
    const guarded = async (): Promise<void> => {
      try {
        // An operation, so that a verdict can name who waits for ever.
        await this.#sim.op('run', {}, run);
      } catch (error) {
        if (!(error instanceof AssertionFailed)) throw error;
        // Ends the run: an invariant listens.
        this.#sim.tell('assertion failed', error.message);
      }
    };
    this.tasks.push(this.#sim.client(name, guarded));
  }
}

/** Runs a program in heddle: settles when all of its tasks have. */
export async function simulate(sim: Sim, run: Program['run']): Promise<void> {
  const machine = new Simulated(sim);
  run(machine);
  await Promise.all(machine.tasks);
}
