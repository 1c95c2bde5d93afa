import type { Chooser, FaultPoint } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';

/** Repeats a run from the list of its choices, to the letter. */
export class PicksChooser implements Chooser {
  readonly delays: boolean;
  readonly #picks: readonly number[];
  #at = 0;

  /** @param delays whether the recorded run drew delays: these then have their places on the list. */
  constructor(picks: readonly number[], delays: boolean) {
    this.#picks = picks;
    this.delays = delays;
  }

  #take(count: number): number {
    const pick = this.#picks[this.#at] ?? 0;
    this.#at += 1;
    return pick < count ? pick : 0;
  }

  event(enabled: Enabled): number {
    return this.#take(enabled.size);
  }

  delay(_event: PendingEvent, room: number): number {
    return this.#take(room + 1);
  }

  fault(point: FaultPoint): number {
    return this.#take(point.options.length + 1);
  }

  draw(): number {
    return this.#take(2 ** 32);
  }
}
