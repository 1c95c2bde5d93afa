import type { Entry, Witness } from '../../kernel/choice.ts';
import { KIND, type PendingEvent } from '../../kernel/event.ts';
import type { Task } from '../../kernel/task.ts';
import type { Touch } from '../../kernel/touch.ts';
import { numberOf, type Signature } from './dependence.ts';

/** A turn, as far as its place among the others goes. */
export interface Turn {
  /** Of its event; see {@link Named}. */
  readonly id: number;
  /** The turn in which its event was queued, and that in which its task began to wait for it; -1: none. */
  readonly parent: number;
  readonly since: number;
  /** What it touches; complete when the turn is over. */
  touches: Signature;
  /** Ids of the events that it took back, or would have taken back, had they not fired. */
  readonly cancels: number[];
  /** What its task wanted to touch next, and could not. */
  readonly waits: Signature[];
  /** How often time went on before it in a way that leaves no choice: whatever was due earlier came before. */
  readonly era: number;
}

/** What the log knows of an event. */
export interface Named {
  /** The n-th event of its task: the same in every order of independent turns, and unique within a run. */
  readonly id: number;
  readonly parent: number;
  /** Nobody said what its turn touches. */
  readonly unknown: boolean;
}

/** What a search must heed once it has been seen: it begins anew then. */
export interface Caution {
  /**
   * Which of several tasks ended last, matters: who waited for them went on in that turn, or the body settled in it
   * while something was pending, which might have come before. Then a turn that ends a task touches anything.
   */
  readonly ends: boolean;
  /** Events without a deadline, and others to come: the first may be as late as the second allow. */
  readonly deadlines: boolean;
  /** Somebody reads the history of operations, or the facts told, in the middle of a run or at its end. */
  readonly operations: boolean;
  readonly facts: boolean;
}

export const NO_CAUTION: Caution = { ends: false, deadlines: false, operations: false, facts: false };

const HISTORY = numberOf('#history');
const STATE = numberOf('#state');
const TIME = numberOf('#time');

/**
 * Writes down what each turn of a run touches. A turn of which that is not known, or whose place among others is a
 * matter of the event loop or of time, touches anything.
 */
export class TurnLog implements Witness {
  readonly turns: Turn[] = [];
  /** The turn in which the body settled; -1: it has not, or the run had its verdict before. */
  settledIn = -1;
  /** Turns in which a task ended that the body itself had started, and waits for. */
  readonly awaited: number[] = [];
  /** What this run has shown that the search should heed. */
  readonly seen: { -readonly [K in keyof Caution]: boolean } = { ...NO_CAUTION };
  readonly #sharesAnything: boolean;
  readonly #caution: Caution;
  /** Entries whose order somebody may notice: it is part of the history then. */
  readonly #counted: Record<Entry, boolean>;
  readonly #named = new Map<PendingEvent, Named>();
  readonly #pending = new Set<PendingEvent>();
  readonly #counts = new Map<number, number>();
  #event: PendingEvent | null = null;
  #touches: number[] = [];
  #anything = false;
  /** Tasks other than the turn's own that did something in it. */
  readonly #others: Task[] = [];
  /** Tasks that wait for others, of which one has ended in this turn. */
  readonly #starters: Task[] = [];
  #now = 0;
  #era = 0;
  #closing = false;
  #judged = false;
  #nextTouchesAnything = false;
  #sawEndless = false;
  #sawDeadline = false;

  constructor(sharesAnything: boolean, caution: Caution) {
    this.#sharesAnything = sharesAnything;
    this.#caution = caution;
    this.#counted = { operation: caution.operations, fact: caution.facts };
  }

  /** Virtual ms of the turn that began last. */
  get now(): number {
    return this.#now;
  }

  named(event: PendingEvent): Named {
    return this.#named.get(event)!;
  }

  /** A turn begins. `mixed`: of the events that were enabled, some could only fire later than others. */
  begins(event: PendingEvent, now: number, mixed: boolean): void {
    const { id, parent, unknown } = this.named(event);
    const free = event.latest > Math.max(event.rank, this.#now);
    if (now > this.#now && !mixed && !free) this.#era += 1;
    this.#pending.delete(event);
    this.#event = event;
    this.#touches = [-numberOf(`#task ${event.task.name}`)];
    this.#anything =
      this.#closing ||
      unknown ||
      mixed ||
      !asItComes(event) ||
      (free && !this.#mayComeAnyTime(event)) ||
      this.#nextTouchesAnything;
    this.#nextTouchesAnything = false;
    this.#now = now;
    if (event.touches !== null) this.#touches.push(...event.touches.map(codeOf));
    const since = event.since - 1;
    this.turns.push({ id, parent, since, touches: null, cancels: [], waits: [], era: this.#era });
  }

  /** Without a deadline of its own, and without another's, its instant is no matter of choice. */
  #mayComeAnyTime(event: PendingEvent): boolean {
    if (event.latest !== Infinity) return false;
    this.#sawEndless = true;
    this.seen.deadlines = this.#sawDeadline;
    if (this.#caution.deadlines) this.#touches.push(TIME);
    for (const { latest } of this.#pending)
      if (latest !== Infinity && latest > Math.max(event.rank, this.#now)) return false;
    return true;
  }

  /** The turn that is to begin is at an instant that was chosen. */
  concernsNext(): void {
    this.#nextTouchesAnything = true;
  }

  // --- Witness -------------------------------------------------------------------------------------------------

  queued(event: PendingEvent, by: Task): void {
    const task = numberOf(`#task ${event.task.name}`);
    const count = (this.#counts.get(task) ?? 0) + 1;
    this.#counts.set(task, count);
    const inTurn = this.#event !== null;
    this.#named.set(event, {
      id: mixed(task, count),
      parent: inTurn ? this.turns.length - 1 : -1,
      unknown: this.#sharesAnything && !event.touchesAll,
    });
    this.#pending.add(event);
    if (inTurn) this.#acts(by);
    if (event.latest !== Infinity && event.latest > this.#now) {
      this.#sawDeadline = true;
      this.seen.deadlines = this.#sawEndless;
      if (this.#caution.deadlines) this.#touches.push(-TIME);
    }
  }

  cancelled(event: PendingEvent): void {
    const named = this.#named.get(event);
    if (named === undefined) return;
    this.#pending.delete(event);
    if (this.#event === null) return;
    this.turns.at(-1)!.cancels.push(named.id);
    if (event.channel !== null) this.#anything = true;
  }

  touched(resource: string, writes: boolean, by: Task): void {
    if (this.#event === null) return;
    this.#touches.push(codeOf({ resource, writes }));
    this.#acts(by);
  }

  waits(touches: readonly Touch[]): void {
    if (this.#event === null) return;
    this.turns.at(-1)!.waits.push(touches.map(codeOf));
  }

  entered(entry: Entry, by: Task): void {
    if (this.#event === null) return;
    if (this.#counted[entry]) this.#touches.push(-HISTORY);
    this.#acts(by);
  }

  noticed(entry: Entry): void {
    if (this.#counted[entry]) return;
    this.#counted[entry] = true;
    // What is noticed in the first turn, is in all schedules.
    if (this.turns.length < 2) return;
    if (entry === 'operation') this.seen.operations = true;
    else this.seen.facts = true;
  }

  judged(): void {
    this.#judged = true;
  }

  concernsAll(): void {
    this.#anything = true;
  }

  ended(starter: Task): void {
    if (this.#event === null) return;
    const task = numberOf(`#task ${starter.name}`);
    this.#touches.push(this.#caution.ends ? -task : task);
    this.#starters.push(starter);
    if (starter.index === 0) this.awaited.push(this.turns.length - 1);
  }

  over(watched: boolean): void {
    const event = this.#event!;
    this.#event = null;
    if (!event.process.polls) this.#anything = true;
    // Who waited for the end of others goes on in the turn of the last of them, whichever that is.
    if (this.#starters.length > 0 && this.#starters.some((task) => this.#others.includes(task))) {
      this.#anything = true;
      this.seen.ends = true;
    }
    if (watched && this.#touches.some((touch, i) => i > 0 && touch < 0)) this.#touches.push(-STATE);
    if (!this.#anything) this.turns.at(-1)!.touches = [...new Set(this.#touches)];
    this.#others.length = 0;
    this.#starters.length = 0;
  }

  stopped(): void {
    if (this.#closing) return;
    this.#closing = true;
    // What is pending does not come any more, and might have come before the last turn.
    if (!this.#judged) this.settledIn = this.turns.length - 1;
    if (this.#judged || this.#caution.ends) this.turns.at(-1)!.touches = null;
    else for (const { process } of this.#pending) if (process.alive) this.seen.ends = true;
  }

  #acts(by: Task): void {
    if (by === this.#event!.task || this.#others.includes(by)) return;
    this.#others.push(by);
    this.#touches.push(-numberOf(`#task ${by.name}`));
  }
}

function codeOf({ resource, writes }: Touch): number {
  const number = numberOf(resource);
  return writes ? -number : number;
}

/** Whether the event's turn depends neither on a phase of the event loop nor on what travels before it. */
function asItComes({ kindCode, channel, process }: PendingEvent): boolean {
  if (kindCode === KIND.main || kindCode === KIND.timeout) return false;
  if (kindCode === KIND.interval || kindCode === KIND.immediate) return false;
  return channel === null && process.stalledUntil === 0 && process.polls;
}

/** 53 bits of hash. */
function mixed(task: number, count: number): number {
  let low = (task >>> 0) ^ Math.imul(count, 0x9e3779b9);
  let high = Math.floor(task / 0x1_0000_0000) ^ Math.imul(count, 0x85ebca6b);
  for (let round = 0; round < 3; round += 1) {
    low = Math.imul(low ^ (low >>> 16) ^ high, 0x7feb352d);
    high = Math.imul(high ^ (high >>> 15) ^ low, 0x846ca68b);
  }
  return ((high ^ (high >>> 16)) & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}
