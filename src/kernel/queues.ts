import type { Channel } from './channel.ts';
import type { FaultPoint, Witness } from './choice.ts';
import { ProcessClock, type ClockOptions } from './clock.ts';
import { KIND, PendingEvent, type EventKind, type InContext } from './event.ts';
import { identity } from './identity.ts';
import { Immediate } from './immediate.ts';
import { LAG, SimProcess } from './process.ts';
import { Task } from './task.ts';
import { Timeout, nodeDelay, type TimerCallback } from './timer.ts';

/** Window of a completion whose latency nobody declared, in virtual ms after it was queued. */
export const DEFAULT_LATENCY: readonly [number, number] = [0, 10];

/** The instant within a millisecond at which a process whose timers are early counts its delays from. */
const EARLY = 0.5;

export interface QueuesOptions {
  /** Keep task identity across awaits; costs promise hooks on Node 20 and 22. Default true. */
  readonly identity?: boolean;
  /** Name every event by a key that is stable across runs; needed to record and to follow keyed schedules. */
  readonly keys?: boolean;
  /** Capture where timers and completions were queued. */
  readonly stacks?: boolean;
  /** Captures the async context of the code that queues an event; null while nobody but the world uses contexts. */
  readonly captureContext?: (() => InContext | null) | null;
  /** Window of a completion whose latency nobody declared. Default {@link DEFAULT_LATENCY}. */
  readonly latency?: readonly [number, number];
  /** The clock of the first process. */
  readonly clock?: ClockOptions;
}

/** Processes, tasks and what is pending: everything that code under test can ask of a world. */
export abstract class Queues {
  /** Virtual ms since the run began. */
  now = 0;
  /** Turns fired so far. */
  turn = 0;
  readonly tasks: Task[] = [];
  /** Living processes. */
  readonly processes: SimProcess[] = [];
  /** The process whose event is firing: whose clock the code sees. */
  process: SimProcess;
  /** The task of the event that is firing. */
  task: Task;
  /** Timers that were asked for their number; null as long as none was. */
  timersById: Map<number, Timeout> | null = null;
  /** Told what turns do; null where nobody wants to know. */
  witness: Witness | null = null;
  /** Whether it is noted where events were queued. */
  stacks: boolean;
  /** Window of what was queued without a declared latency, in virtual ms. */
  readonly latency: readonly [number, number];
  protected readonly identityKept: boolean;
  /** The sequence number of whatever is queued next. */
  protected seq = 0;
  readonly #captureContext: (() => InContext | null) | null;
  readonly #keyCounts: Map<string, number> | null;
  #processCount = 0;

  constructor(options: QueuesOptions) {
    this.identityKept = options.identity ?? true;
    this.#captureContext = options.captureContext ?? null;
    this.#keyCounts = options.keys === true ? new Map() : null;
    this.stacks = options.stacks ?? false;
    this.latency = options.latency ?? DEFAULT_LATENCY;
    this.process = this.spawn('main', options.clock);
    this.task = this.createTask('main', this.process);
  }

  /** Asks whether a fault strikes at `point`: 0 for no, otherwise 1 + the index of the option. */
  abstract fault(point: FaultPoint): number;

  // --- processes and tasks -------------------------------------------------------------------------------------

  /** A new process with an event loop of its own; it runs once something is queued for it. */
  spawn(name: string, clock?: ClockOptions): SimProcess {
    const process = new SimProcess(this.#processCount, name, new ProcessClock(this.now, clock));
    this.#processCount += 1;
    this.processes.push(process);
    this.witness?.concernsAll();
    return process;
  }

  /** The process is gone: nothing that it had pending will ever happen. */
  crash(process: SimProcess): void {
    if (!process.alive) return;
    this.witness?.concernsAll();
    process.alive = false;
    this.processes.splice(this.processes.indexOf(process), 1);
    process.afterTurn = null;
    process.mayCrash = null;
  }

  /** Nothing of the process runs before `now + ms`; its overdue timers then run in Node's order after a stall. */
  stall(process: SimProcess, ms: number): void {
    this.witness?.concernsAll();
    process.stalledUntil = Math.max(process.stalledUntil, this.now + ms);
  }

  createTask(name: string, process: SimProcess = this.process): Task {
    const task = new Task(this, this.tasks.length, name, process);
    this.tasks.push(task);
    return task;
  }

  /** The task on whose behalf code is running now: by async context where identity is kept, else by cause. */
  currentTask(): Task {
    if (!this.identityKept) return this.task;
    const task = identity.getStore();
    return task !== undefined && task.run === this ? task : this.task;
  }

  // --- queueing ------------------------------------------------------------------------------------------------

  /** Queues what runs first in a process: its main script. */
  main(process: SimProcess, task: Task, script: () => void): void {
    const latest = this.now + Math.min(LAG, this.latency[1]);
    this.#add(
      new PendingEvent(this.seq++, KIND.main, `start ${process.name}`, process, task, this.now, latest, script),
    );
  }

  /**
   * Queues a completion from outside for the current process, to fire between `min` and `max` virtual ms from now.
   * `callback` runs in no particular async context: pass a promise's resolver, or see {@link Queues.bind}.
   */
  complete(label: string, min: number, max: number, callback: () => void): PendingEvent {
    const event = new PendingEvent(
      this.seq++,
      KIND.io,
      label,
      this.process,
      this.currentTask(),
      this.now + min,
      this.now + max,
      callback,
    );
    this.#add(event);
    return event;
  }

  /** Queues an event for any process and task; `channel` keeps it behind what was sent there before. */
  deliver(
    kind: EventKind,
    label: string,
    process: SimProcess,
    task: Task,
    [min, max]: readonly [number, number],
    callback: () => void,
    channel?: Channel,
  ): PendingEvent {
    let earliest = this.now + min;
    let latest = this.now + max;
    if (channel !== undefined) {
      earliest = channel.earliest = Math.max(channel.earliest, earliest);
      latest = channel.latest = Math.max(channel.latest, latest);
    }
    const onFire = channel === undefined ? callback : this.#inOrder(channel, callback);
    const event = new PendingEvent(this.seq++, KIND[kind], label, process, task, earliest, latest, onFire);
    if (channel === undefined) {
      this.#add(event);
      return event;
    }
    event.channel = channel;
    this.witness?.concernsAll();
    if (channel.head === null) {
      channel.head = event;
      this.#add(event);
    } else {
      channel.queue.push(event);
      this.witness?.queued(event, this.currentTask());
    }
    return event;
  }

  /** Takes an event back: it will not happen. */
  cancel(event: PendingEvent): void {
    this.witness?.cancelled(event);
    if (event.state !== 'pending') return;
    event.state = 'cancelled';
    if (event.process.alive && event.slot !== -1) event.process.removeCompletion(event);
    if (event.channel?.head === event) this.#advance(event.channel);
  }

  /** Makes an event run in the async context of the code that queues it now: for callbacks that users passed. */
  bind(event: PendingEvent): PendingEvent {
    event.context = this.#captureContext?.() ?? null;
    if (event.context === null && this.identityKept)
      event.context = (callback) => {
        identity.run(event.task, callback);
      };
    return event;
  }

  #inOrder(channel: Channel, callback: () => void): () => void {
    return () => {
      this.#advance(channel);
      callback();
    };
  }

  /** The channel's head is gone: what was sent after it may come. */
  #advance(channel: Channel): void {
    let next = channel.queue.shift();
    while (next?.state === 'cancelled') next = channel.queue.shift();
    channel.head = next ?? null;
    if (next !== undefined) this.#add(next);
  }

  #add(event: PendingEvent): void {
    if (this.#keyCounts !== null) this.#name(event);
    if (this.stacks) event.armedAt = new Error('queued here').stack ?? null;
    this.witness?.queued(event, this.currentTask());
    if (event.process.alive) event.process.addCompletion(event, this.now);
  }

  /** `setTimeout` and `setInterval` of the current process. */
  setTimer(callback: TimerCallback, delay: unknown, args: unknown[], repeats: boolean): Timeout {
    const ms = nodeDelay(delay);
    const due = this.now + this.process.clock.virtual(ms - this.#earlyBy(this.process));
    const timer = new Timeout(this, this.seq++, this.currentTask(), due, due + LAG, callback, ms, args, repeats);
    if (this.#captureContext !== null) timer.context = this.#captureContext();
    if (this.#keyCounts !== null) this.#name(timer);
    if (this.stacks) timer.armedAt = new Error('armed here').stack ?? null;
    this.witness?.queued(timer, timer.task);
    if (this.process.alive) this.process.timers.add(timer);
    return timer;
  }

  #earlyBy(process: SimProcess): number {
    if (process.earlyBy === null) {
      const point = { key: `timers of ${process.name}`, kind: 'early timers', options: ['early timers'] };
      process.earlyBy = this.fault(point) === 0 ? 0 : EARLY;
    }
    return process.earlyBy;
  }

  clearTimer(timer: Timeout): void {
    timer.repeat = null;
    this.witness?.cancelled(timer);
    if (timer.state !== 'pending') return;
    timer.state = 'cancelled';
    if (timer.list !== null) timer.process.timers.remove(timer);
  }

  /** `timer.refresh()`: starts the delay anew, also after the timer has fired; not after it was cleared. */
  refresh(timer: Timeout): void {
    if (timer.state === 'cancelled' || !timer.process.alive) return;
    if (timer.list !== null) timer.process.timers.remove(timer);
    this.witness?.cancelled(timer);
    this.rearm(timer);
  }

  protected rearm(timer: Timeout): void {
    timer.state = 'pending';
    timer.rank = this.now + timer.process.clock.virtual(timer.delay - this.#earlyBy(timer.process));
    timer.latest = timer.rank + LAG;
    timer.order = this.seq++;
    if (this.#keyCounts !== null) this.#name(timer);
    this.witness?.queued(timer, timer.task);
    timer.process.timers.add(timer);
  }

  setImmediate(callback: TimerCallback, args: unknown[]): Immediate {
    const immediate = new Immediate(this, this.seq++, this.currentTask(), this.now + LAG, callback, args);
    if (this.#captureContext !== null) immediate.context = this.#captureContext();
    if (this.#keyCounts !== null) this.#name(immediate);
    this.witness?.queued(immediate, immediate.task);
    if (this.process.alive) this.process.addImmediate(immediate);
    return immediate;
  }

  clearImmediate(immediate: Immediate): void {
    this.witness?.cancelled(immediate);
    if (immediate.state !== 'pending') return;
    immediate.state = 'cancelled';
    if (immediate.process.alive) immediate.process.removeImmediate(immediate);
  }

  /** Gives the event its key: the same event of another run of the same program has the same. */
  #name(event: PendingEvent): void {
    event.key = this.numbered(`${event.task.name}/${event.describe()}`);
  }

  /** `stem`, with a number from its second occurrence in this run on; as it is where the run keeps no keys. */
  protected numbered(stem: string): string {
    const counts = this.#keyCounts;
    if (counts === null) return stem;
    const count = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, count);
    return count === 1 ? stem : `${stem}#${String(count)}`;
  }
}
