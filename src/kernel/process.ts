import type { ProcessClock } from './clock.ts';
import { Deadlines } from './deadlines.ts';
import type { PendingEvent } from './event.ts';
import { Heap } from './heap.ts';
import type { Immediate } from './immediate.ts';
import type { Timeout } from './timer.ts';
import { Timers } from './timers.ts';

/**
 * How late a timer or an immediate may be without a stall, in virtual ms. One millisecond is the resolution of
 * Node's timers: an order that needs more than that is a stall, and a stall is a fault that must be chosen.
 */
export const LAG = 1;

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
   * By how much its timers fire before their delay has passed, virtual ms; null until it was chosen. Node counts
   * delays from a clock in whole milliseconds, so a timer may fire up to one early by any finer clock, and then
   * `Date.now()` has advanced by one less than the delay.
   */
  earlyBy: number | null = null;
  /** The process runs nothing before this virtual instant. */
  stalledUntil = 0;
  /** True while timers that a stall made late are worked off in Node's list order. */
  #overran = false;

  constructor(index: number, name: string, clock: ProcessClock) {
    this.index = index;
    this.name = name;
    this.clock = clock;
  }

  addCompletion(event: PendingEvent, now: number): void {
    if (event.rank <= now) this.ripe.push(event);
    else this.future.push(event);
    if (event.latest !== Infinity) this.#deadlines.add(event);
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
    const timer = this.timers.count === 0 ? Infinity : this.timers.earliest() + LAG;
    const immediate = this.#firstImmediate === null ? Infinity : this.#firstImmediate.latest;
    const first = Math.min(timer, immediate, this.#deadlines.min());
    return first < this.stalledUntil ? this.stalledUntil + LAG : first;
  }

  /**
   * Adds what this process's event loop could run next to `into`, except ripe completions. Returns whether these
   * are legal too: inside an atomic phase they are not.
   */
  collect(bound: number, now: number, into: PendingEvent[]): boolean {
    if (this.stalledUntil > bound) return false;
    if (this.#phase !== 'poll') this.#leavePhaseIfDone();
    const instant = now > this.stalledUntil ? now : this.stalledUntil;
    if (this.#phase === 'timers') {
      this.#collectTimers(into);
      return false;
    }
    if (this.#phase === 'check') {
      into.push(this.#firstImmediate!);
      return false;
    }
    if (this.timers.count > 0 && (this.#beforeTimers || this.#firstImmediate === null)) {
      const due = this.timers.earliest();
      if (due <= bound || due <= instant) this.#collectTimers(into);
      // The loop is about to enter the timer phase and finds expired timers: it cannot pass them by.
      if (this.#beforeTimers && due < instant) return false;
    }
    if (this.#firstImmediate !== null) into.push(this.#firstImmediate);
    if (this.future.size > 0) this.future.upTo(bound > instant ? bound : instant, into);
    return true;
  }

  #collectTimers(into: PendingEvent[]): void {
    if (this.#overran) this.timers.nextAfterStall(this.#phaseUntil, into as Timeout[]);
    else this.timers.next(into as Timeout[]);
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
      this.#overran = this.stalledUntil > 0 && timer.rank + LAG < now;
    }
    if (this.#overran) this.timers.working(timer);
    this.timers.remove(timer);
  }

  takeImmediate(immediate: Immediate): void {
    if (this.#phase !== 'check') {
      this.#phase = 'check';
      this.#phaseLast = this.#lastImmediate!.seq;
    }
    this.removeImmediate(immediate);
  }

  takeCompletion(event: PendingEvent): void {
    this.removeCompletion(event);
    this.#beforeTimers = false;
  }

  /** The main script is about to run; the loop's first phase after it is the timers. */
  takeMain(event: PendingEvent): void {
    this.removeCompletion(event);
    this.#beforeTimers = true;
  }

  #leavePhaseIfDone(): void {
    if (this.#phase === 'timers') {
      if (this.timers.count > 0 && this.timers.earliest() <= this.#phaseUntil) return;
      this.#beforeTimers = false;
      this.#overran = false;
    } else {
      const next = this.#firstImmediate;
      if (next !== null && next.seq <= this.#phaseLast) return;
      this.#beforeTimers = true;
    }
    this.#phase = 'poll';
  }

  /** How many events are pending, timers and immediates included. */
  pendingCount(): number {
    return this.ripe.size + this.future.size + this.timers.count + (this.#firstImmediate === null ? 0 : 1);
  }
}
