import type { ProcessClock } from './clock.ts';
import { Deadlines } from './deadlines.ts';
import type { Enabled } from './enabled.ts';
import { KIND, type PendingEvent } from './event.ts';
import { Heap } from './heap.ts';
import type { Immediate } from './immediate.ts';
import type { Timeout } from './timer.ts';
import { Timers } from './timers.ts';

/**
 * How late a timer or an immediate may be without a stall, in virtual ms. One millisecond is the resolution of
 * Node's timers: an order that needs more than that is a stall, and a stall is a fault that must be chosen.
 */
export const LAG = 1;

/** A sequence number that none reaches: a small integer, so that the fields that hold it stay cheap. */
const NEVER = 0x3fff_ffff;

/**
 * Where a process stands in its event loop.
 * `poll`: any completion may come. `timers`, `check`: inside a phase, which is atomic.
 */
type Phase = 'poll' | 'timers' | 'check';

/**
 * One simulated process: an event loop with its own clock and its own pending events. It knows which of them
 * Node's event loop could run next; it fires nothing itself. The rules are in docs/event-loop.md.
 */
export class SimProcess {
  readonly index: number;
  readonly name: string;
  readonly clock: ProcessClock;
  alive = true;
  /** Completions whose window has begun. */
  readonly ripe: Heap<PendingEvent> = new Heap();
  /** Completions whose window is still to come. */
  readonly future: Heap<PendingEvent> = new Heap();
  readonly timers: Timers = new Timers();
  readonly #deadlines = new Deadlines();
  /** The main script, as long as it has not run: nothing of the process comes before it. */
  #main: PendingEvent | null = null;
  #firstImmediate: Immediate | null = null;
  #lastImmediate: Immediate | null = null;
  #phase: Phase = 'poll';
  /** True at the point of the loop that lies before the timer phase: at the start and after the check phase. */
  #beforeTimers = false;
  /** Timers due at or before this instant belong to the timer phase that is under way. */
  #phaseUntil = 0;
  /** Immediates up to this sequence number belong to the check phase that is under way. */
  #phaseLast = 0;
  /**
   * Completions from this sequence number on were queued while the poll was under way: they cannot be part of it.
   * {@link NEVER} as long as the poll has delivered nothing.
   */
  #pollBefore = NEVER;
  /** Instant of the last completion that the poll delivered. */
  #polledAt = 0;
  /** The largest sequence number among the completions added so far. */
  #newest = -1;
  /**
   * By how much its timers fire before their delay has passed, virtual ms; null until it was chosen. Node counts
   * delays from a clock in whole milliseconds, so a timer may fire up to one early by any finer clock, and then
   * `Date.now()` has advanced by one less than the delay.
   */
  earlyBy: number | null = null;
  /** Called after each of its turns: where faults such as a crash may strike. Null where none is declared. */
  afterTurn: (() => void) | null = null;
  /** Asks whether it crashes now, in the middle of a turn, at the place named; null where no crash is declared. */
  mayCrash: ((at: string) => void) | null = null;
  /** Crashes it now; null for a process that nothing can crash, such as the scenario's own. */
  kill: (() => void) | null = null;
  /** The process runs nothing before this virtual instant. */
  stalledUntil = 0;

  constructor(index: number, name: string, clock: ProcessClock) {
    this.index = index;
    this.name = name;
    this.clock = clock;
  }

  addCompletion(event: PendingEvent, now: number): void {
    if (event.rank <= now) this.ripe.push(event);
    else this.future.push(event);
    if (event.latest !== Infinity) this.#deadlines.add(event);
    if (event.seq > this.#newest) this.#newest = event.seq;
    if (event.kindCode === KIND.main) this.#main = event;
  }

  removeCompletion(event: PendingEvent): void {
    if (this.ripe.items[event.slot] === event) this.ripe.remove(event);
    else this.future.remove(event);
    if (event.latest !== Infinity) this.#deadlines.remove(event);
  }

  addImmediate(immediate: Immediate): void {
    immediate.previous = this.#lastImmediate;
    if (this.#lastImmediate === null) this.#firstImmediate = immediate;
    else this.#lastImmediate.next = immediate;
    this.#lastImmediate = immediate;
  }

  removeImmediate(immediate: Immediate): void {
    const { previous, next } = immediate;
    if (previous === null) this.#firstImmediate = next;
    else previous.next = next;
    if (next === null) this.#lastImmediate = previous;
    else next.previous = previous;
    immediate.previous = null;
    immediate.next = null;
  }

  /** The instant by which some event of this process must have fired, virtual ms. */
  deadline(): number {
    let first = this.#deadlines.min();
    if (this.timers.count > 0) {
      const timer = this.timers.earliest() + LAG;
      if (timer < first) first = timer;
    }
    if (this.#firstImmediate !== null && this.#firstImmediate.latest < first) first = this.#firstImmediate.latest;
    return first < this.stalledUntil ? this.stalledUntil + LAG : first;
  }

  /**
   * Adds what this process's event loop could run next to `into`, except ripe completions. Returns whether these
   * are legal too: inside an atomic phase they are not.
   */
  collect(bound: number, now: number, into: Enabled): boolean {
    if (this.stalledUntil > bound) return false;
    if (this.#main !== null) {
      if (this.#main.rank <= bound) into.add(this.#main);
      return false;
    }
    if (this.#phase !== 'poll') this.#leavePhaseIfDone();
    const instant = now > this.stalledUntil ? now : this.stalledUntil;
    if (this.#phase === 'timers') {
      this.#collectTimers(into);
      return false;
    }
    if (this.#phase === 'check') {
      into.add(this.#firstImmediate!);
      return false;
    }
    if (this.timers.count > 0 && (this.#beforeTimers || this.#firstImmediate === null)) {
      const due = this.timers.earliest();
      if (due <= bound || due <= instant) this.#collectTimers(into);
      // The loop is about to enter the timer phase and finds expired timers: it cannot pass them by.
      if (this.#beforeTimers && due < instant) return false;
    }
    if (this.#firstImmediate !== null) into.add(this.#firstImmediate);
    if (this.#pollBefore !== NEVER && this.#pollEnds(instant)) {
      this.#collectPolled(Math.min(this.#polledAt + LAG, Math.max(bound, instant)), into);
      return false;
    }
    if (this.future.size > 0) this.future.upTo(bound > instant ? bound : instant, into);
    return true;
  }

  /** Whether the loop goes on to the check phase or the timers before it polls again, and that makes a difference. */
  #pollEnds(instant: number): boolean {
    if (this.#firstImmediate === null && (this.timers.count === 0 || this.timers.earliest() >= instant)) return false;
    return this.#newest >= this.#pollBefore || instant > this.#polledAt + LAG;
  }

  /** Adds the completions that the poll which is under way can have found ready. */
  #collectPolled(until: number, into: Enabled): void {
    for (const { items } of [this.ripe, this.future]) {
      for (const event of items) if (event.seq < this.#pollBefore && event.rank <= until) into.add(event);
    }
  }

  #collectTimers(into: Enabled): void {
    if (this.#phase === 'timers') this.timers.nextInPhase(this.#phaseUntil, into);
    else this.timers.next(into);
  }

  /** Moves completions whose window has begun to where they can be drawn without being looked for. */
  ripen(now: number): void {
    let first = this.future.peek();
    while (first !== undefined && first.rank <= now) {
      this.future.remove(first);
      this.ripe.push(first);
      first = this.future.peek();
    }
  }

  /** Takes `timer`, about to fire at `now`, out of the queue. */
  takeTimer(timer: Timeout, now: number): void {
    if (this.#phase !== 'timers') {
      this.#phase = 'timers';
      this.#phaseUntil = now;
    }
    this.timers.working(timer);
    this.timers.remove(timer);
  }

  takeImmediate(immediate: Immediate): void {
    if (this.#phase !== 'check') {
      this.#phase = 'check';
      this.#phaseLast = this.#lastImmediate!.seq;
    }
    this.removeImmediate(immediate);
  }

  /** Takes a completion, about to fire at `now`; `seq` is the sequence number of whatever is queued next. */
  takeCompletion(event: PendingEvent, now: number, seq: number): void {
    this.removeCompletion(event);
    this.#beforeTimers = false;
    this.#pollBefore = seq;
    this.#polledAt = now;
  }

  /** The main script is about to run; the loop's first phase after it is the timers. */
  takeMain(event: PendingEvent): void {
    this.removeCompletion(event);
    this.#main = null;
    this.#beforeTimers = true;
    this.#pollBefore = NEVER;
  }

  #leavePhaseIfDone(): void {
    if (this.#phase === 'timers') {
      if (this.timers.count > 0 && this.timers.earliest() <= this.#phaseUntil) return;
      this.#beforeTimers = false;
    } else {
      const next = this.#firstImmediate;
      if (next !== null && next.seq <= this.#phaseLast) return;
      this.#beforeTimers = true;
    }
    this.#phase = 'poll';
    this.#pollBefore = NEVER;
  }

  /** Everything that is pending, in no particular order; of an ordered channel only the first. */
  *pending(): Generator<PendingEvent> {
    yield* this.ripe.items;
    yield* this.future.items;
    yield* this.timers;
    for (let each = this.#firstImmediate; each !== null; each = each.next) yield each;
  }

  /** Whether nothing but completions is pending: then the position of the loop does not matter. */
  get polls(): boolean {
    return this.timers.count === 0 && this.#firstImmediate === null;
  }

  /** How many events are pending, timers and immediates included. */
  pendingCount(): number {
    return this.ripe.size + this.future.size + this.timers.count + (this.#firstImmediate === null ? 0 : 1);
  }
}
