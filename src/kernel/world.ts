import { Channel } from './channel.ts';
import type { Chooser, FaultPoint, Recorder } from './choice.ts';
import { drain } from './drain.ts';
import { Enabled } from './enabled.ts';
import { KIND, type PendingEvent } from './event.ts';
import { TraceHash } from './hash.ts';
import { identity } from './identity.ts';
import type { Immediate } from './immediate.ts';
import type { SimProcess } from './process.ts';
import { Queues, type QueuesOptions } from './queues.ts';
import { Randomness } from './randomness.ts';
import type { Timeout } from './timer.ts';
import type { Touch } from './touch.ts';

export interface WorldOptions extends QueuesOptions {
  readonly chooser: Chooser;
  readonly recorder?: Recorder | null;
  /** Turns after which the run is stopped. Default 1,000,000. */
  readonly maxTurns?: number;
  /** Where a watchdog in another thread reads the turn number: written at `progress[1]`. */
  readonly progress?: Int32Array | null;
}

/** Why the turn loop stopped: someone called `stop`, nothing was pending, or a bound was reached. */
export type Ending = 'stopped' | 'quiescent' | 'turns' | 'time';

/**
 * So many turns take a millisecond where nothing else says what time it is: code that asks again and again without
 * waiting, such as a loop on `setImmediate`, does not keep timers and completions from coming, as it does not in Node.
 */
const TURNS_IN_A_MS = 1000;

/** Thrown out of a simulated process that called `process.exit`; unwinds its turn, and is nobody's error. */
export const EXIT: unique symbol = Symbol('heddle.exit');

/** One run: virtual time, processes, pending events, and the loop that fires them one at a time. */
export class World extends Queues {
  /** Answers of the chooser, in order: the schedule of this run. */
  readonly picks: number[] = [];
  readonly hash: TraceHash = new TraceHash();
  /** Called when an exception reached the top of a turn, or a rejection stayed unhandled at its end. */
  onUncaught: ((error: unknown, origin: 'uncaughtException' | 'unhandledRejection') => void) | null = null;
  /** Called after each turn has drained: invariants. */
  readonly afterTurn: (() => void)[] = [];
  /** Told of each access to a resource that is seen to happen; null where nobody wants to know. */
  onTouch: ((resource: string, writes: boolean) => void) | null = null;
  /** How often a turn was of another task than the one before. */
  taskSwitches = 0;
  /** Set when no further fault may strike: for what must come true eventually. */
  faultsCeased = false;
  /** The event that fired last. */
  fired: PendingEvent | null = null;
  /** Who makes the choices; another may take over between two turns. */
  chooser: Chooser;
  /** Who is told of choices and turns. */
  recorder: Recorder | null;
  /** Turns after which {@link World.run} ends. */
  maxTurns: number;
  /** How often there were two or more events to choose from. */
  orders = 0;
  /** Kinds of fault that might have struck, with whether one did. */
  readonly faults: Map<string, boolean> = new Map();
  /** How often code has asked for something random. */
  draws = 0;
  /** The first chooser, where it wants to hear of every turn. */
  readonly #follower: Chooser | null;
  readonly #progress: Int32Array | null;
  readonly #enabled = new Enabled();
  #stopped = false;
  #until = Infinity;
  /** The turn before which time last went on. */
  #movedAt = 0;
  #randomness: Randomness | null = null;

  constructor(options: WorldOptions) {
    super(options);
    this.chooser = options.chooser;
    this.recorder = options.recorder ?? null;
    this.maxTurns = options.maxTurns ?? 1_000_000;
    this.#follower = options.chooser.fires === undefined ? null : options.chooser;
    this.witness = options.chooser.witness ?? null;
    this.#progress = options.progress ?? null;
  }

  // --- choices -------------------------------------------------------------------------------------------------

  override fault(asked: FaultPoint): number {
    if (this.faultsCeased) return 0;
    // A process that starts again passes places of the same name once more.
    const key = this.numbered(asked.key);
    const point = key === asked.key ? asked : { ...asked, key };
    const pick = this.chooser.fault(point);
    if (pick > 0 || !this.faults.has(point.kind)) this.faults.set(point.kind, pick > 0);
    this.picks.push(pick);
    this.recorder?.choice({
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
    this.draws += 1;
    if (this.#randomness === null) {
      const value = this.chooser.draw('random stream');
      this.picks.push(value);
      this.recorder?.choice({ kind: 'draw', turn: this.turn, name: 'random stream', value });
      this.#randomness = new Randomness(value);
    }
    return this.#randomness;
  }

  /** Somebody reads or writes something that tasks have in common, now. */
  touch(resource: string, writes: boolean): void {
    this.onTouch?.(resource, writes);
    this.witness?.touched(resource, writes, this.currentTask());
  }

  /**
   * The task of the turn wants an event that cannot happen yet, such as to take a lock that another holds: whoever
   * models that, queues it when it can, and then notes the turn that is returned as the event's `since`.
   */
  waits(touches: readonly Touch[]): number {
    this.witness?.waits(touches);
    return this.turn;
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
    this.#resume(until);
    const { afterTurn } = this;
    for (;;) {
      if (this.turn >= this.maxTurns) return 'turns';
      const ending = this.#step();
      if (ending !== null) return ending;
      for (let i = 0; i < afterTurn.length; i += 1) afterTurn[i]!();
      if (this.#stopped) {
        this.witness?.stopped();
        return 'stopped';
      }
    }
  }

  #resume(until: number): void {
    this.#stopped = false;
    this.#until = until;
  }

  /** Fires one event and drains what it caused; says why when it did not. */
  #step(): 'quiescent' | 'time' | null {
    const bound = this.#collect();
    const enabled = this.#enabled;
    if (enabled.size === 0) return this.processes.some((each) => each.pendingCount() > 0) ? 'time' : 'quiescent';
    if (this.now > this.#until) return 'time';
    let event: PendingEvent;
    if (enabled.size === 1) event = enabled.at(0);
    else event = this.#choose(enabled);
    const process = event.process;
    let instant = this.now;
    if (event.rank > instant) instant = event.rank;
    if (process.stalledUntil > instant) instant = process.stalledUntil;
    if (this.chooser.delays && bound > instant && bound !== Infinity) {
      instant += this.#delay(event, Math.min(bound, this.#until) - instant);
    }
    if (instant === this.now && this.turn - this.#movedAt >= TURNS_IN_A_MS && bound > instant && bound !== Infinity) {
      instant = Math.min(bound, this.#until);
    }
    if (instant !== this.now) {
      this.now = instant;
      this.#movedAt = this.turn;
      for (const each of this.processes) if (each.future.size > 0) each.ripen(instant);
    }
    this.#fire(event, process);
    return null;
  }

  /**
   * Finds what is enabled, which nothing is that would have to fire after `until`; returns the instant that time must
   * not pass before something has fired.
   */
  #collect(): number {
    const { processes, now } = this;
    const enabled = this.#enabled;
    enabled.clear();
    let bound = Infinity;
    for (let i = 0; i < processes.length; i += 1) {
      const deadline = processes[i]!.deadline();
      if (deadline < bound) bound = deadline;
    }
    const limit = bound < this.#until ? bound : this.#until;
    for (let i = 0; i < processes.length; i += 1) {
      const process = processes[i]!;
      if (process.collect(limit, now, enabled) && process.ripe.items.length > 0) enabled.addPool(process.ripe);
    }
    return bound;
  }

  #choose(enabled: Enabled): PendingEvent {
    this.orders += 1;
    const index = this.chooser.event(enabled);
    this.picks.push(index);
    const event = enabled.at(index);
    if (this.recorder !== null) {
      const among = enabled.sorted().map((each) => each.key);
      this.recorder.choice({ kind: 'order', turn: this.turn, instead: among[0]!, fire: event.key, among });
    }
    return event;
  }

  /** Arms an interval again, unless its callback cleared or refreshed it. */
  #repeat(timer: Timeout): void {
    if (timer.repeat !== null && timer.list === null && timer.process.alive) this.rearm(timer);
  }

  #delay(event: PendingEvent, span: number): number {
    const room = Math.floor(span);
    if (room < 1) return 0;
    const by = this.chooser.delay(event, room);
    this.picks.push(by);
    this.recorder?.choice({ kind: 'delay', turn: this.turn, event: event.key, by, room });
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
    const isTimer = kindCode === KIND.timeout || kindCode === KIND.interval;
    if (isTimer) {
      hash.add((event as Timeout).delay);
      process.takeTimer(event as Timeout, this.now);
    } else if (kindCode === KIND.immediate) {
      process.takeImmediate(event as Immediate);
    } else {
      hash.addText(event.label);
      if (kindCode === KIND.main) process.takeMain(event);
      else process.takeCompletion(event, this.now, this.seq);
    }
    hash.add(task.index);
    hash.addTime(this.now);
    if (this.#follower !== null) this.#follower.fires!(event, this.now);
    this.recorder?.turn(this.turn, this.now, event);
    try {
      if (event.context !== null)
        event.context(() => {
          event.invoke();
        });
      else if (this.identityKept && kindCode !== KIND.io) identity.run(task, invoke, event);
      else event.invoke();
    } catch (error) {
      this.uncaught(error, 'uncaughtException');
    }
    if (isTimer) this.#repeat(event as Timeout);
    drain();
    if (process.afterTurn !== null) {
      process.afterTurn();
      // A crash settles what waited for the process: that belongs to this turn, not to the next one's.
      drain();
    }
    this.witness?.over(this.afterTurn.length > 0);
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
