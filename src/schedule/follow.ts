import type { Chooser, FaultPoint } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import type { Deviation } from './deviation.ts';

/**
 * Follows a schedule given as deviations; everywhere else the default. A deviation whose events do not come up is
 * passed over and counted, so that a schedule of another version of the code is followed as closely as possible.
 */
export class FollowChooser implements Chooser {
  readonly delays: boolean;
  readonly #orders = new Map<string, string[]>();
  readonly #delays = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  readonly #draws = new Map<string, number>();
  readonly #total: number;
  #used = 0;

  constructor(schedule: readonly Deviation[]) {
    this.#total = schedule.length;
    for (const deviation of schedule) this.#learn(deviation);
    this.delays = this.#delays.size > 0;
  }

  #learn(deviation: Deviation): void {
    switch (deviation.kind) {
      case 'order': {
        const fires = this.#orders.get(deviation.instead);
        if (fires === undefined) this.#orders.set(deviation.instead, [deviation.fire]);
        else fires.push(deviation.fire);
        break;
      }
      case 'delay':
        this.#delays.set(deviation.event, deviation.by);
        break;
      case 'fault':
        this.#faults.set(deviation.point, deviation.pick);
        break;
      case 'draw':
        this.#draws.set(deviation.name, deviation.value);
    }
  }

  /** Deviations that found no place to apply so far. */
  get drift(): number {
    return this.#total - this.#used;
  }

  event(enabled: Enabled): number {
    const due = enabled.default();
    const fires = this.#orders.get(due.key);
    if (fires === undefined) return enabled.indexOf(due);
    for (let i = 0; i < fires.length; i += 1) {
      for (let at = 0; at < enabled.size; at += 1) {
        if (enabled.at(at).key !== fires[i]) continue;
        // Those before it never became possible at this place: they are passed over.
        fires.splice(0, i + 1);
        this.#used += 1;
        return at;
      }
    }
    return enabled.indexOf(due);
  }

  delay(event: PendingEvent, room: number): number {
    const by = this.#delays.get(event.key);
    if (by === undefined) return 0;
    this.#used += 1;
    return Math.min(by, room);
  }

  fault(point: FaultPoint): number {
    const pick = this.#faults.get(point.key);
    if (pick === undefined || pick > point.options.length) return 0;
    this.#used += 1;
    return pick;
  }

  draw(name: string): number {
    const value = this.#draws.get(name);
    if (value === undefined) return 0;
    this.#used += 1;
    return value;
  }
}
