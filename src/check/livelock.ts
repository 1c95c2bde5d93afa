import type { PendingEvent } from '../kernel/event.ts';
import { Timeout } from '../kernel/timer.ts';
import type { World } from '../kernel/world.ts';
import { inDueOrder } from '../schedule/fair.ts';

/** Turns that come again and again. */
export interface Lap {
  /** `c1/timeout 10 ms`, one entry a turn. */
  readonly turns: readonly string[];
  /** In how many turns nothing else was seen. */
  readonly seen: number;
}

/** What became of a run that was over its bound, when it was left to go on in fair order and without faults. */
export type Outlook =
  /** It came to its end: it was slow. */
  | { readonly kind: 'over'; readonly turns: number; readonly ms: number }
  /** Nothing is pending any more. */
  | { readonly kind: 'quiescent'; readonly turns: number }
  /** It goes round in circles: what was pending has had its turn, and all is as before. */
  | { readonly kind: 'circles'; readonly lap: Lap }
  /** The same turns come again and again, but something might still change that. */
  | { readonly kind: 'repeats'; readonly lap: Lap; readonly unless: string }
  | { readonly kind: 'changes' };

export interface ExaminationOptions {
  /** How many more turns it gets. */
  readonly turns: number;
  /** Whether what is waited for has come. */
  readonly over: () => boolean;
  /** Counts what has been achieved: operations begun or ended, facts told. */
  readonly progress: () => number;
  /** How long a loop that looks at the clock goes on, in virtual ms, before it may be called one without end. */
  readonly patience: number;
}

/** A repetition counts when so many laps of it are seen. */
const LAPS = 4;

/** At most so many turns are searched for a repetition; afterwards each turn is compared with the one a lap before. */
const SEARCHED_MAX = 50_000;

/**
 * Lets a run that is over its bound go on, in the order in which events are due and without faults, to tell livelock
 * from slowness. It is a livelock if it goes round in circles: the same turns, lap after lap to the end; nothing begun,
 * returned or told; at the end the same events pending at the same distance as before; and everything that was pending
 * has had its turn since, so that nothing is still to come which could end it. A lasso in the sense of liveness
 * checking under fairness (Musuvathi and Qadeer, PLDI 2008), over what can be seen from outside: a counter in a closure
 * cannot. Hence the many turns: what only counts has come to its end by then, or would have taken ten times its bound.
 */
export function examine(world: World, options: ExaminationOptions): Outlook {
  return new Examination(world, options).outlook();
}

class Examination {
  readonly #world: World;
  readonly #options: ExaminationOptions;
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** The turns seen, by the numbers of their names; later on those of the last lap only. */
  #turns: number[] = [];
  #made = 0;
  #progress = 0;
  /** Set when the run is known to change. */
  #changes: boolean = false;
  #period = 0;
  /** Where the part begins in which a repetition is looked for. */
  readonly #seenFrom: number;
  #stopAt: number;
  #snapshot: Snapshot | null = null;

  constructor(world: World, options: ExaminationOptions) {
    this.#world = world;
    this.#options = options;
    this.#stopAt = Math.min(Math.ceil(options.turns / 2), SEARCHED_MAX);
    this.#seenFrom = Math.floor(this.#stopAt / 2);
  }

  outlook(): Outlook {
    const { over } = this.#options;
    const world = this.#world;
    const began = { turn: world.turn, at: world.now };
    world.chooser = inDueOrder;
    world.recorder = null;
    world.stacks = false;
    world.faultsCeased = true;
    world.maxTurns = world.turn + this.#options.turns;
    const afterTurn = (): void => {
      this.#afterTurn();
    };
    world.afterTurn.push(afterTurn);
    try {
      const ended = this.#run();
      if (over()) return { kind: 'over', turns: world.turn - began.turn, ms: world.now - began.at };
      if (ended === 'quiescent') return { kind: 'quiescent', turns: world.turn - began.turn };
      if (this.#changes || ended === 'stopped') return { kind: 'changes' };
    } finally {
      world.afterTurn.splice(world.afterTurn.indexOf(afterTurn), 1);
    }
    return this.#repetition(began.at);
  }

  /** To the end of the search for a repetition, and on, as long as it lasts. */
  #run(): 'quiescent' | 'stopped' | 'done' {
    const world = this.#world;
    for (;;) {
      const ending = world.run();
      if (ending === 'quiescent') return ending;
      if (ending === 'turns') return 'done';
      if (this.#options.over() || this.#made < this.#stopAt || this.#changes || !this.#findLap()) return 'stopped';
    }
  }

  #afterTurn(): void {
    const world = this.#world;
    if (this.#options.over()) {
      world.stop();
      return;
    }
    const number = this.#numberOf(world.fired!);
    const made = this.#made;
    this.#made += 1;
    if (this.#period === 0) {
      this.#turns.push(number);
      if (this.#made === this.#seenFrom) this.#progress = this.#options.progress();
      if (this.#made === this.#stopAt) world.stop();
      return;
    }
    if (this.#turns[made % this.#period] === number && this.#options.progress() === this.#progress) return;
    this.#changes = true;
    world.stop();
  }

  #numberOf(event: PendingEvent): number {
    const name = nameOf(event);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#names.length;
      this.#names.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }

  /** Looks for a lap in the second half of what was seen: the first may have led there. */
  #findLap(): boolean {
    const period = periodOf(this.#turns.slice(this.#seenFrom), LAPS);
    if (period === null || this.#options.progress() !== this.#progress) {
      return false;
    }
    const last = this.#turns.slice(-period);
    // Where the turn that comes next will look.
    const lap: number[] = [];
    last.forEach((number, i) => (lap[(this.#made + i) % period] = number));
    this.#turns = lap;
    this.#period = period;
    const rest = this.#options.turns - this.#made;
    this.#world.maxTurns = this.#world.turn + Math.max(1, Math.floor(rest / period)) * period;
    this.#stopAt = Infinity;
    this.#snapshot = new Snapshot(this.#world);
    return true;
  }

  #repetition(since: number): Outlook {
    const snapshot = this.#snapshot;
    if (snapshot === null) return { kind: 'changes' };
    const world = this.#world;
    const begin = this.#made % this.#period;
    const turns = [...this.#turns.slice(begin), ...this.#turns.slice(0, begin)].map((number) => this.#names[number]!);
    const lap = { turns: rotated(turns), seen: this.#made - this.#seenFrom };
    const unless = snapshot.differenceFrom(new Snapshot(world), world.now - since < this.#options.patience);
    return unless === null ? { kind: 'circles', lap } : { kind: 'repeats', lap, unless };
  }
}

function nameOf(event: PendingEvent): string {
  return `${event.task.name}/${event.describe()}`;
}

/** What can be seen of a world between two turns. */
class Snapshot {
  readonly draws: number;
  readonly reads: number;
  /** What is pending and when it is due from now on, with how many there are of each. */
  readonly #distances = new Map<string, number>();
  /** Each pending event with the number under which it was queued last. */
  readonly #queued = new Map<PendingEvent, number>();

  constructor(world: World) {
    this.draws = world.draws;
    this.reads = world.processes.reduce((sum, { clock }) => sum + clock.reads, 0);
    for (const process of world.processes) {
      const stall = Math.max(0, process.stalledUntil - world.now);
      this.#count(`${process.name} stalled ${String(stall)}`);
      for (const event of process.pending()) {
        const due = Math.max(0, Math.round((event.rank - world.now) * 1000));
        this.#count(`${process.name} ${nameOf(event)} ${String(due)} ${String(event.channel?.queue.length ?? 0)}`);
        this.#queued.set(event, event instanceof Timeout ? event.order : event.seq);
      }
    }
  }

  #count(what: string): void {
    this.#distances.set(what, (this.#distances.get(what) ?? 0) + 1);
  }

  /** Why a later state may lead elsewhere, as a clause; null if it is the same and all has had its turn in between. */
  differenceFrom(later: Snapshot, soon: boolean): string | null {
    for (const [event, number] of this.#queued) {
      if (later.#queued.get(event) === number) return `${nameOf(event)} is still to come`;
    }
    if (later.draws !== this.draws) return 'it draws random values';
    if (soon && later.reads !== this.reads) return 'it looks at the clock';
    const same =
      later.#distances.size === this.#distances.size &&
      [...later.#distances].every(([what, count]) => this.#distances.get(what) === count);
    return same ? null : 'what is pending changes';
  }
}

/**
 * The smallest period of a sequence, if the sequence holds at least `laps` of it; null otherwise. By the failure function of
 * Knuth, Morris and Pratt: a sequence has period p if it has a border of its length less p.
 */
export function periodOf(sequence: readonly number[], laps: number): number | null {
  const borders = new Int32Array(sequence.length);
  let border = 0;
  for (let i = 1; i < sequence.length; i += 1) {
    while (border > 0 && sequence[i] !== sequence[border]) border = borders[border - 1]!;
    if (sequence[i] === sequence[border]) border += 1;
    borders[i] = border;
  }
  const period = sequence.length - border;
  return sequence.length > 0 && period * laps <= sequence.length ? period : null;
}

/** A lap has no beginning: it is told from where it reads smallest, so that it is told in one way. */
function rotated(turns: readonly string[]): readonly string[] {
  let best = turns;
  for (let at = 1; at < Math.min(turns.length, ROTATED_MAX); at += 1) {
    const candidate = [...turns.slice(at), ...turns.slice(0, at)];
    if (candidate.join('\n') < best.join('\n')) best = candidate;
  }
  return best;
}

const ROTATED_MAX = 64;
