import type { FaultPoint } from '../../kernel/choice.ts';
import type { Enabled } from '../../kernel/enabled.ts';
import type { PendingEvent } from '../../kernel/event.ts';
import type { StrategyChooser } from '../strategy.ts';
import { HappensBefore } from './happens-before.ts';
import { linearExtensions } from './linear-extensions.ts';
import type { Passed, Path, Report } from './path.ts';
import { demands, type Fork } from './races.ts';
import { stillAsleep, type Sleeper } from './sleep.ts';
import { NO_CAUTION, TurnLog } from './turn-log.ts';

/** A sleeper that knows its place in the path's list. */
interface Placed extends Sleeper {
  readonly place: number;
}

/** A fork as it is passed; the turn it led to tells what it touches when it is over. */
type Passing =
  | { readonly kind: 'data'; readonly ways: number; readonly turn: number }
  | {
      readonly kind: 'order';
      readonly enabled: readonly number[];
      readonly unknown: boolean;
      readonly fired: number;
      readonly turn: number;
      readonly asleep: readonly number[];
    };

/** Goes one path, then on by default past what sleeps, and tells what its turns have to do with each other. */
export class SourceChooser implements StrategyChooser {
  readonly delays = true;
  readonly witness: TurnLog;
  readonly #path: Path;
  readonly #guide: ReadonlyMap<number, number>;
  readonly #passing: Passing[] = [];
  readonly #forks = new Map<number, Fork>();
  #depth = 0;
  #sleeping: readonly Placed[] = [];
  /** The turn at the path's end; what sleeps is woken by it and by those after it. */
  #branch = -1;
  /** Turns up to here have woken whom they wake. */
  #woken = 0;
  /** The first turn that only repeats others. */
  #redundant = Infinity;
  /** Whether the fork before the turn that is to begin had events that could only fire later than others. */
  #mixed = false;
  #endless = false;
  #lost = false;

  constructor(path: Path, sharesAnything: boolean) {
    this.#path = path;
    this.#guide = new Map(path.guide.map((id, i) => [id, i]));
    this.witness = new TurnLog(sharesAnything, path.caution);
  }

  workload(count: number): number {
    return this.#pick(count);
  }

  event(enabled: Enabled): number {
    const { witness } = this;
    const ids = new Set<number>();
    let unknown = true;
    let earliest = Infinity;
    let latest = -Infinity;
    for (let i = 0; i < enabled.size; i += 1) {
      const event = enabled.at(i);
      const named = witness.named(event);
      ids.add(named.id);
      unknown &&= named.unknown;
      const instant = Math.max(event.rank, event.process.stalledUntil, witness.now);
      if (instant < earliest) earliest = instant;
      if (instant > latest) latest = instant;
    }
    this.#mixed = earliest !== latest;
    const turn = witness.turns.length;
    const depth = this.#depth;
    this.#depth += 1;
    this.#forks.set(turn, { depth, enabled: ids });
    const { entries } = this.#path;
    if (depth < entries.length) return this.#follow(enabled, entries[depth]!, depth === entries.length - 1);
    this.#wake();
    const chosen = this.#choose(enabled);
    if (turn < this.#redundant) {
      const asleep = this.#sleeping.map(({ place }) => place);
      const fired = witness.named(chosen).id;
      this.#passing.push({ kind: 'order', enabled: [...ids], unknown, fired, turn, asleep });
    }
    return enabled.indexOf(chosen);
  }

  fires(event: PendingEvent, now: number): void {
    const { witness } = this;
    this.#wake();
    const { id } = witness.named(event);
    if (this.#sleeping.some((sleeper) => sleeper.id === id)) this.#isRedundant();
    witness.begins(event, now, this.#mixed);
    this.#mixed = false;
  }

  delay(_event: PendingEvent, room: number): number {
    this.witness.concernsNext();
    return this.#pick(room + 1);
  }

  fault(point: FaultPoint): number {
    this.witness.concernsAll();
    return this.#pick(point.options.length + 1);
  }

  draw(): number {
    this.witness.concernsAll();
    this.#endless = true;
    return 0;
  }

  report(): Report {
    const { turns, seen } = this.witness;
    const redundant = this.#redundant !== Infinity;
    const known = redundant ? turns.slice(0, this.#redundant) : turns;
    const order = new HappensBefore(known);
    if (!redundant && this.#settlesEarlier(order)) seen.ends = true;
    const stands = redundant ? null : linearExtensions(known, order);
    const { entries } = this.#path;
    const passed = this.#passing.map((each): Passed => {
      if (each.kind === 'data') return { kind: 'data', ways: each.ways };
      const { enabled, unknown, fired, turn, asleep } = each;
      return { kind: 'order', enabled, unknown, fired, asleep, touches: turns[turn]?.touches ?? null };
    });
    return {
      passed,
      branch: turns[this.#branch]?.touches ?? null,
      demands: demands(known, order, this.#forks, Math.max(this.#branch, 0)),
      redundant,
      standsFor: redundant ? '0' : String(stands ?? 1),
      more: !redundant && stands === null,
      endless: this.#endless,
      lost: this.#lost || this.#depth < entries.length,
      caution: turns.some(({ touches }) => touches !== null) ? seen : NO_CAUTION,
    };
  }

  /** Whether, in an equivalent order, the body settles while something is pending: it does not wait for all. */
  #settlesEarlier(order: HappensBefore): boolean {
    const { settledIn, awaited } = this.witness;
    const needed = [...awaited, settledIn];
    for (let i = 0; i < settledIn; i += 1)
      if (!needed.some((end) => i === end || (i < end && order.before(i, end)))) return true;
    return false;
  }

  #pick(count: number): number {
    const pick = this.#path.entries[this.#depth];
    this.#depth += 1;
    if (pick !== undefined) return pick;
    const turn = this.witness.turns.length;
    if (turn <= this.#redundant) this.#passing.push({ kind: 'data', ways: count, turn });
    return 0;
  }

  #follow(enabled: Enabled, id: number, last: boolean): number {
    if (last) {
      this.#branch = this.witness.turns.length;
      this.#woken = this.#branch;
      this.#sleeping = this.#path.sleep.map((sleeper, place) => ({ ...sleeper, place }));
    }
    for (let i = 0; i < enabled.size; i += 1) if (this.witness.named(enabled.at(i)).id === id) return i;
    this.#lost = true;
    return enabled.indexOf(enabled.default());
  }

  #wake(): void {
    const { turns } = this.witness;
    while (this.#woken < turns.length) {
      if (this.#sleeping.length > 0) this.#sleeping = stillAsleep(this.#sleeping, turns[this.#woken]!);
      this.#woken += 1;
    }
  }

  #isRedundant(): void {
    this.#redundant = Math.min(this.#redundant, this.witness.turns.length);
  }

  /** The first of the guide's that is enabled and awake, else the first that is awake. */
  #choose(enabled: Enabled): PendingEvent {
    const first = enabled.default();
    const asleep = new Set(this.#sleeping.map(({ id }) => id));
    const { witness } = this;
    let guided: PendingEvent | null = null;
    let best = Infinity;
    for (let i = 0; i < enabled.size && this.#guide.size > 0; i += 1) {
      const event = enabled.at(i);
      const { id } = witness.named(event);
      const place = this.#guide.get(id) ?? Infinity;
      if (place < best && !asleep.has(id)) {
        best = place;
        guided = event;
      }
    }
    if (guided !== null) return guided;
    if (!asleep.has(witness.named(first).id)) return first;
    const awake = enabled.sorted().find((event) => !asleep.has(witness.named(event).id));
    if (awake === undefined) this.#isRedundant();
    return awake ?? first;
  }
}
