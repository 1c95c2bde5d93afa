import type { Chooser, FaultPoint } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import type { PendingEvent } from '../kernel/event.ts';
import { randomFor, type Random } from './random.ts';

export interface StrikeOptions {
  /** The fault kind, for example `crash`. */
  readonly kind: string;
  /** At which of its places, counted from 1; several for one that strikes more than once in a run. */
  readonly at: number | readonly number[];
  /** Which of the place's options. Default: the first. */
  readonly option?: string;
  /** Which places count: by their keys. Default: all of the kind. */
  readonly where?: RegExp;
  /** Decides what becomes of unsynced changes, where that is to be chosen. Default 0. */
  readonly seed?: number;
  /** Makes all other choices. Default: what an idle machine does. */
  readonly others?: Chooser;
}

/**
 * One fault at chosen places; everything else is as on an idle machine, or up to another chooser. With `at` 1, 2, 3 …
 * until {@link struck} stays false, the fault has struck at every place there is.
 */
export class Strike implements Chooser {
  readonly delays: boolean;
  /** Keys of the places at which it has struck, in order. */
  readonly places: string[] = [];
  readonly #options: StrikeOptions;
  readonly #at: ReadonlySet<number>;
  readonly #others: Chooser;
  #passed = 0;

  constructor(options: StrikeOptions) {
    this.#options = options;
    const at = typeof options.at === 'number' ? [options.at] : options.at;
    this.#at = new Set(at);
    this.#others = options.others ?? new Idle(randomFor('strike', options.seed ?? 0, ...at));
    this.delays = this.#others.delays;
  }

  get struck(): boolean {
    return this.places.length > 0;
  }

  event(enabled: Enabled): number {
    return this.#others.event(enabled);
  }

  delay(event: PendingEvent, room: number): number {
    return this.#others.delay(event, room);
  }

  fault(point: FaultPoint): number {
    const { kind, option, where } = this.#options;
    if (point.kind !== kind) return this.#others.fault(point);
    if (where?.test(point.key) === false) return 0;
    this.#passed += 1;
    if (!this.#at.has(this.#passed)) return 0;
    this.places.push(point.key);
    return option === undefined ? 1 : 1 + point.options.indexOf(option);
  }

  draw(name: string): number {
    return this.#others.draw(name);
  }
}

/** An idle machine on which nothing fails; what becomes of unsynced changes is drawn. */
class Idle implements Chooser {
  readonly delays = false;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  event(enabled: Enabled): number {
    return enabled.indexOf(enabled.default());
  }

  delay(): number {
    return 0;
  }

  fault({ kind, options }: FaultPoint): number {
    return kind === 'unsynced' ? this.#random.below(options.length + 1) : 0;
  }

  draw(): number {
    return this.#random.uint32();
  }
}
