import type { FaultPoint } from '../kernel/choice.ts';
import type { PendingEvent } from '../kernel/event.ts';
import type { Random } from './random.ts';

/** How often a fault kind strikes at one of its points, drawn per run; most runs have most kinds off. */
const RATES = [0, 0, 1 / 64, 1 / 16, 1 / 4] as const;

/**
 * Faults, delays and values by swarm testing (Groce et al., ISSTA 2012): which kinds are on, and how often, is
 * drawn per run, so that runs differ in kind and not only in order.
 */
export class Swarm {
  readonly delays: boolean;
  readonly #random: Random;
  #rates: Map<string, number> | null = null;

  constructor(random: Random) {
    this.#random = random;
    this.delays = random.next() < 0.25;
  }

  /** Half of the time none; otherwise as late as possible, or anywhere between. */
  delay(_event: PendingEvent, room: number): number {
    const draw = this.#random.next();
    if (draw < 0.5) return 0;
    return draw < 0.75 ? room : this.#random.below(room + 1);
  }

  fault(point: FaultPoint): number {
    this.#rates ??= new Map();
    let rate = this.#rates.get(point.kind);
    if (rate === undefined) {
      rate = RATES[this.#random.below(RATES.length)]!;
      this.#rates.set(point.kind, rate);
    }
    if (rate === 0 || this.#random.next() >= rate) return 0;
    return 1 + this.#random.below(point.options.length);
  }

  draw(): number {
    return this.#random.uint32();
  }
}
