// Who makes the choices of a run in the tests of the kernel.

import type { Chooser, FaultPoint } from '../src/kernel/choice.ts';
import type { Enabled } from '../src/kernel/enabled.ts';
import type { PendingEvent } from '../src/kernel/event.ts';
import { randomFor } from '../src/schedule/random.ts';

/** What an idle machine does. */
export const idle: Chooser = {
  delays: false,
  event: (enabled) => enabled.indexOf(enabled.default()),
  delay: () => 0,
  fault: () => 0,
  draw: () => 0,
};

export interface Freedom {
  /** Whether events may be late within their windows. */
  readonly delays?: boolean;
  /** Kinds of fault that may strike. */
  readonly faults?: readonly string[];
}

/** Uniform among everything that may happen. */
export function randomChooser(seed: number, { delays = true, faults = [] }: Freedom = {}): Chooser {
  const random = randomFor('test', seed);
  return {
    delays,
    event: (enabled) => random.below(enabled.size),
    delay: (_event, room) => random.below(room + 1),
    fault: ({ kind, options }) => (faults.includes(kind) ? random.below(options.length + 1) : 0),
    draw: () => random.uint32(),
  };
}

/** Makes all choices there are, one list of them after the other: a depth-first search over the runs of a program. */
export class Odometer implements Chooser {
  readonly delays: boolean;
  readonly #faults: readonly string[];
  readonly #path: { pick: number; readonly count: number }[] = [];
  #at = 0;

  constructor({ delays = true, faults = [] }: Freedom = {}) {
    this.delays = delays;
    this.#faults = faults;
  }

  /** Prepares the next run; false when there is none. Choices that the last run did not come to are not varied. */
  advance(): boolean {
    this.#path.length = this.#at;
    this.#at = 0;
    for (;;) {
      const last = this.#path.at(-1);
      if (last === undefined) return false;
      last.pick += 1;
      if (last.pick < last.count) return true;
      this.#path.pop();
    }
  }

  #take(count: number): number {
    const at = this.#at++;
    const known = this.#path[at];
    if (known !== undefined) return known.pick;
    this.#path.push({ pick: 0, count });
    return 0;
  }

  event(enabled: Enabled): number {
    return this.#take(enabled.size);
  }

  delay(_event: PendingEvent, room: number): number {
    return this.#take(room + 1);
  }

  fault({ kind, options }: FaultPoint): number {
    return this.#faults.includes(kind) ? this.#take(options.length + 1) : 0;
  }

  draw(): number {
    return 0;
  }
}
