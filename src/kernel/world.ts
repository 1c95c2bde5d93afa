import { Channel } from './channel.ts';
import type { Chooser, FaultPoint, Recorder } from './choice.ts';
import { ProcessClock, type ClockOptions } from './clock.ts';
import { drain } from './drain.ts';
import { Enabled } from './enabled.ts';
import { KIND, PendingEvent, type EventKind, type InContext } from './event.ts';
import { TraceHash } from './hash.ts';
import { identity } from './identity.ts';
import { Immediate } from './immediate.ts';
import { LAG, SimProcess } from './process.ts';
import { Randomness } from './randomness.ts';
import { Task } from './task.ts';
import { Timeout, nodeDelay, type TimerCallback } from './timer.ts';

/** Window of a completion whose latency nobody declared, in virtual ms after it was queued. */
export const DEFAULT_LATENCY: readonly [number, number] = [0, 10];

/** The instant within a millisecond at which a process whose timers are early counts its delays from. */
const EARLY = 0.5;

export interface WorldOptions {
  readonly chooser: Chooser;
  /** Keep task identity across awaits; costs promise hooks on Node 20 and 22. Default true. */
  readonly identity?: boolean;
  /** Name every event by a key that is stable across runs; needed to record and to follow keyed schedules. */
  readonly keys?: boolean;
  /** Capture where timers and completions were queued. */
  readonly stacks?: boolean;
  readonly recorder?: Recorder | null;
  /** Turns after which the run is stopped. Default 1,000,000. */
  readonly maxTurns?: number;
  /** Where a watchdog in another thread reads the turn number: written at `progress[1]`. */
  readonly progress?: Int32Array | null;
  /** Captures the async context of the code that queues an event; null while nobody but the world uses contexts. */
  readonly captureContext?: (() => InContext) | null;
  /** The clock of the first process. */
  readonly clock?: ClockOptions;
}

/** Why the turn loop stopped: someone called `stop`, nothing was pending, or a bound was reached. */
export type Ending = 'stopped' | 'quiescent' | 'turns' | 'time';

/** Thrown out of a simulated process that called `process.exit`; unwinds its turn, and is nobody's error. */
export const EXIT: unique symbol = Symbol('heddle.exit');

/** One run: virtual time, processes, pending events, and the loop that fires them one at a time. */
export class World {
  /** Virtual ms since the run began. */
  now = 0;
  /** Turns fired so far. */
  turn = 0;
  /** Answers of the chooser, in order: the schedule of this run. */
  readonly picks: number[] = [];
  readonly hash: TraceHash = new TraceHash();
  readonly tasks: Task[] = [];
  /** Living processes. */
  readonly processes: SimProcess[] = [];
  /** The process whose event is firing: whose clock the code sees. */
  process: SimProcess;
  /** The task of the event that is firing. */
  task: Task;
  readonly timersById: Map<number, Timeout> = new Map();
  /** Called when an exception reached the top of a turn, or a rejection stayed unhandled at its end. */
  onUncaught: ((error: unknown, origin: 'uncaughtException' | 'unhandledRejection') => void) | null = null;
  /** Called after each turn has drained: invariants. */
  readonly afterTurn: (() => void)[] = [];
  readonly #chooser: Chooser;
  readonly #identity: boolean;
  readonly #recorder: Recorder | null;
  readonly #maxTurns: number;
  readonly #progress: Int32Array | null;
  readonly #captureContext: (() => InContext) | null;
  readonly #keyCounts: Map<string, number> | null;
  readonly stacks: boolean;
  readonly #enabled = new Enabled();
  #seq = 0;
  #processCount = 0;
  #stopped = false;
  #until = Infinity;
  #randomness: Randomness | null = null;
  /** Turns in a row of different tasks. */
  taskSwitches = 0;
  /** Set when no further fault may strike: for what must come true eventually. */
  faultsCeased = false;
  /** The event that fired last. */
  fired: PendingEvent | null = null;

  constructor(options: WorldOptions) {
    this.#chooser = options.chooser;
    this.#identity = options.identity ?? true;
    this.#recorder = options.recorder ?? null;
    this.#maxTurns = options.maxTurns ?? 1_000_000;
    this.#progress = options.progress ?? null;
    this.#captureContext = options.captureContext ?? null;
    this.#keyCounts = options.keys === true ? new Map() : null;
    this.stacks = options.stacks ?? false;
    this.process = this.spawn('main', options.clock);
    this.task = this.createTask('main', this.process);
  }

  // --- processes and tasks -------------------------------------------------------------------------------------

  /** A new process with an event loop of its own; it runs once something is queued for it. */
  spawn(name: string, clock?: ClockOptions): SimProcess {
    const process = new SimProcess(this.#processCount, name, new ProcessClock(this.now, clock));
    this.#processCount += 1;
    this.processes.push(process);
    return process;
  }

  /** The process is gone: nothing that it had pending will ever happen. */
  crash(process: SimProcess): void {
    if (!process.alive) return;
    process.alive = false;
    this.processes.splice(this.processes.indexOf(process), 1);
    process.afterTurn = null;
  }

  /** Nothing of the process runs before `now + ms`; its overdue timers then run in Node's order after a stall. */
  stall(process: SimProcess, ms: number): void {
    process.stalledUntil = Math.max(process.stalledUntil, this.now + ms);
  }

  createTask(name: string, process: SimProcess = this.process): Task {
    const task = new Task(this, this.tasks.length, name, process);
    this.tasks.push(task);
    return task;
  }

  /** The task on whose behalf code is running now: by async context where identity is kept, else by cause. */
  currentTask(): Task {
    if (!this.#identity) return this.task;
    const task = identity.getStore();
    return task !== undefined && task.run === this ? task : this.task;
  }

  // --- queueing ------------------------------------------------------------------------------------------------

  /** Queues what runs first in a process: its main script. */
  main(process: SimProcess, task: Task, script: () => void): void {
    this.#add(
      new PendingEvent(
        this.#seq++,
        KIND.main,
        `start ${process.name}`,
        process,
        task,
        this.now,
        this.now + LAG,
        script,
      ),
    );
  }

  /**
   * Queues a completion from outside for the current process, to fire between `min` and `max` virtual ms from now.
   * `callback` runs in no particular async context: pass a promise's resolver, or see {@link World.bind}.
   */
  complete(label: string, min: number, max: number, callback: () => void): PendingEvent {
    const event = new PendingEvent(
      this.#seq++,
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
    const event = new PendingEvent(this.#seq++, KIND[kind], label, process, task, earliest, latest, onFire);
    if (channel === undefined) {
      this.#add(event);
    } else if (channel.head === null) {
      channel.head = event;
      this.#add(event);
    } else {
      channel.queue.push(event);
    }
    return event;
  }

  /** Takes an event back: it will not happen. */
  cancel(event: PendingEvent): void {
    if (event.state !== 'pending') return;
    event.state = 'cancelled';
    if (event.process.alive && event.slot !== -1) event.process.removeCompletion(event);
  }

  /** Makes an event run in the async context of the code that queues it now: for callbacks that users passed. */
  bind(event: PendingEvent): PendingEvent {
    if (this.#captureContext !== null) event.context = this.#captureContext();
    else if (this.#identity)
      event.context = (callback) => {
        identity.run(event.task, callback);
      };
    return event;
  }

  #inOrder(channel: Channel, callback: () => void): () => void {
    return () => {
      const next = channel.queue.shift();
      channel.head = next ?? null;
      if (next !== undefined) this.#add(next);
      callback();
    };
  }

  #add(event: PendingEvent): void {
    if (this.#keyCounts !== null) this.#name(event);
    if (this.stacks) event.armedAt = new Error('queued here').stack ?? null;
    if (event.process.alive) event.process.addCompletion(event, this.now);
  }

  /** `setTimeout` and `setInterval` of the current process. */
  setTimer(callback: TimerCallback, delay: unknown, args: unknown[], repeats: boolean): Timeout {
    const ms = nodeDelay(delay);
    const due = this.now + this.process.clock.virtual(ms - this.#earlyBy(this.process));
    const timer = new Timeout(this, this.#seq++, this.currentTask(), due, due + LAG, callback, ms, args, repeats);
    if (this.#captureContext !== null) timer.context = this.#captureContext();
    if (this.#keyCounts !== null) this.#name(timer);
    if (this.stacks) timer.armedAt = new Error('armed here').stack ?? null;
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
    if (timer.state !== 'pending') return;
    timer.state = 'cancelled';
    if (timer.list !== null) timer.process.timers.remove(timer);
  }

  /** `timer.refresh()`: starts the delay anew, also after the timer has fired; not after it was cleared. */
  refresh(timer: Timeout): void {
    if (timer.state === 'cancelled' || !timer.process.alive) return;
    if (timer.list !== null) timer.process.timers.remove(timer);
    this.#rearm(timer);
  }

  #rearm(timer: Timeout): void {
    timer.state = 'pending';
    timer.rank = this.now + timer.process.clock.virtual(timer.delay - this.#earlyBy(timer.process));
    timer.latest = timer.rank + LAG;
    timer.order = this.#seq++;
    if (this.#keyCounts !== null) this.#name(timer);
    timer.process.timers.add(timer);
  }

  setImmediate(callback: TimerCallback, args: unknown[]): Immediate {
    const immediate = new Immediate(this, this.#seq++, this.currentTask(), this.now + LAG, callback, args);
    if (this.#captureContext !== null) immediate.context = this.#captureContext();
    if (this.#keyCounts !== null) this.#name(immediate);
    if (this.process.alive) this.process.addImmediate(immediate);
    return immediate;
  }

  clearImmediate(immediate: Immediate): void {
    if (immediate.state !== 'pending') return;
    immediate.state = 'cancelled';
    if (immediate.process.alive) immediate.process.removeImmediate(immediate);
  }

  /** Gives the event its key: the same event of another run of the same program has the same. */
  #name(event: PendingEvent): void {
    const counts = this.#keyCounts!;
    const stem = `${event.task.name}/${event.describe()}`;
    const count = (counts.get(stem) ?? 0) + 1;
    counts.set(stem, count);
    event.key = count === 1 ? stem : `${stem}#${String(count)}`;
  }

  // --- choices -------------------------------------------------------------------------------------------------

  /** Asks whether a fault strikes at `point`: 0 for no, otherwise 1 + the index of the option. */
  fault(point: FaultPoint): number {
    if (this.faultsCeased) return 0;
    const pick = this.#chooser.fault(point);
    this.picks.push(pick);
    this.#recorder?.choice({
      kind: 'fault',
      turn: this.turn,
      point: point.key,
      fault: point.kind,
      pick,
      options: point.options,
    });
    return pick;
  }

  /** The run's stream of random values; its seed is a choice, made at first use. */
  get randomness(): Randomness {
    if (this.#randomness === null) {
      const value = this.#chooser.draw('random stream');
      this.picks.push(value);
      this.#recorder?.choice({ kind: 'draw', turn: this.turn, name: 'random stream', value });
      this.#randomness = new Randomness(value);
    }
    return this.#randomness;
  }

  // --- the turn loop -------------------------------------------------------------------------------------------

  /** Ends the loop after the current turn. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Fires events until someone calls `stop`, nothing is pending, or a bound is reached: the run's number of turns,
   * or `until`, in virtual ms; what is due later stays pending.
   */
  run(until: number = Infinity): Ending {
    this.#stopped = false;
    this.#until = until;
    const { afterTurn } = this;
    for (;;) {
      if (this.turn >= this.#maxTurns) return 'turns';
      const ending = this.#step();
      if (ending !== null) return ending;
      for (let i = 0; i < afterTurn.length; i += 1) afterTurn[i]!();
      if (this.#stopped) return 'stopped';
    }
  }

  /** Fires one event and drains what it caused; says why when it did not. */
  #step(): 'quiescent' | 'time' | null {
    const bound = this.#collect();
    const enabled = this.#enabled;
    if (enabled.size === 0) return 'quiescent';
    let event: PendingEvent;
    if (enabled.size === 1) event = enabled.at(0);
    else event = this.#choose(enabled);
    const process = event.process;
    let instant = this.now;
    if (event.rank > instant) instant = event.rank;
    if (process.stalledUntil > instant) instant = process.stalledUntil;
    if (this.#chooser.delays && bound > instant && bound !== Infinity) instant += this.#delay(event, bound - instant);
    if (instant > this.#until) return 'time';
    if (instant !== this.now) {
      this.now = instant;
      for (const each of this.processes) if (each.future.size > 0) each.ripen(instant);
    }
    this.#fire(event, process);
    return null;
  }

  /** Finds what is enabled; returns the instant that time must not pass before something has fired. */
  #collect(): number {
    const { processes, now } = this;
    const enabled = this.#enabled;
    enabled.clear();
    let bound = Infinity;
    for (let i = 0; i < processes.length; i += 1) {
      const deadline = processes[i]!.deadline();
      if (deadline < bound) bound = deadline;
    }
    for (let i = 0; i < processes.length; i += 1) {
      const process = processes[i]!;
      if (process.collect(bound, now, enabled) && process.ripe.items.length > 0) enabled.addPool(process.ripe);
    }
    return bound;
  }

  #choose(enabled: Enabled): PendingEvent {
    const index = this.#chooser.event(enabled);
    this.picks.push(index);
    const event = enabled.at(index);
    if (this.#recorder !== null) {
      const among = enabled.sorted().map((each) => each.key);
      this.#recorder.choice({ kind: 'order', turn: this.turn, instead: among[0]!, fire: event.key, among });
    }
    return event;
  }

  #delay(event: PendingEvent, span: number): number {
    const room = Math.floor(span);
    if (room < 1) return 0;
    const by = this.#chooser.delay(event, room);
    this.picks.push(by);
    this.#recorder?.choice({ kind: 'delay', turn: this.turn, event: event.key, by, room });
    return by;
  }

  #fire(event: PendingEvent, process: SimProcess): void {
    const { task } = event;
    if (task !== this.task) this.taskSwitches += 1;
    this.process = process;
    this.task = task;
    this.fired = event;
    this.turn += 1;
    if (this.#progress !== null) this.#progress[1] = this.turn;
    event.state = 'fired';
    const { hash } = this;
    const { kindCode } = event;
    hash.add(kindCode);
    if (event instanceof Timeout) {
      hash.add(event.delay);
      process.takeTimer(event, this.now);
    } else if (event instanceof Immediate) {
      process.takeImmediate(event);
    } else {
      hash.addText(event.label);
      if (kindCode === KIND.main) process.takeMain(event);
      else process.takeCompletion(event, this.now, this.#seq);
    }
    hash.add(task.index);
    hash.addTime(this.now);
    this.#recorder?.turn(this.turn, this.now, event);
    try {
      if (event.context !== null)
        event.context(() => {
          event.invoke();
        });
      else if (this.#identity && kindCode !== KIND.io) identity.run(task, invoke, event);
      else event.invoke();
    } catch (error) {
      this.uncaught(error, 'uncaughtException');
    }
    if (event instanceof Timeout && event.repeat !== null && event.state === 'fired' && process.alive)
      this.#rearm(event);
    drain();
    if (process.afterTurn !== null) process.afterTurn();
  }

  /** An error reached the top of the current turn. */
  uncaught(error: unknown, origin: 'uncaughtException' | 'unhandledRejection'): void {
    if (error !== EXIT) this.onUncaught?.(error, origin);
  }

  /** Timers that are still armed in a living process. */
  *armedTimers(): Generator<Timeout> {
    for (const process of this.processes) yield* process.timers;
  }
}

function invoke(event: PendingEvent): void {
  event.invoke();
}

/** A new ordered stream of completions. */
export function createChannel(): Channel {
  return new Channel();
}
