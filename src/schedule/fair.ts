import type { Chooser, FaultPoint } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';

/**
 * Keeps a chooser from starving anybody: every other time the event that is due first fires, whatever the chooser
 * would do. Events that are due before another are finitely many, and none is
 * queued before it any more once its time has come: so whatever is enabled fires within a bounded number of turns, and
 * a run that does not end is the fault of the program and not of its schedule (Musuvathi and Qadeer, "Fair stateless
 * model checking", PLDI 2008). The other half of the choices is still the chooser's, so that what must come true is
 * looked for in more than one order. Its answers are choices like any other: they stand on the run's list.
 */
export class FairChooser implements Chooser {
  readonly delays: boolean;
  readonly #inner: Chooser;
  #dueFirst = false;

  constructor(inner: Chooser) {
    this.#inner = inner;
    this.delays = inner.delays;
  }

  event(enabled: Enabled): number {
    this.#dueFirst = !this.#dueFirst;
    return this.#dueFirst ? enabled.indexOf(enabled.default()) : this.#inner.event(enabled);
  }

  delay(event: PendingEvent, room: number): number {
    return this.#inner.delay(event, room);
  }

  fault(point: FaultPoint): number {
    return this.#inner.fault(point);
  }

  draw(name: string): number {
    return this.#inner.draw(name);
  }
}

/** What an idle machine does, on which nothing fails: events in the order in which they are due. Fair. */
export const inDueOrder: Chooser = {
  delays: false,
  event: (enabled) => enabled.indexOf(enabled.default()),
  delay: () => 0,
  fault: () => 0,
  draw: () => 0,
};
