import type { Chooser, FaultPoint } from '../kernel/choice.ts';
import type { Enabled } from '../kernel/enabled.ts';
import { randomFor, type Random } from './random.ts';

export interface StrikeOptions {
  /** The fault kind, for example `crash`. */
  readonly kind: string;
  /** At which of its places, counted from 1. */
  readonly at: number;
  /** Which of the place's options. Default: the first. */
  readonly option?: string;
  /** Which places count: by their keys. Default: all of the kind. */
  readonly where?: RegExp;
  /** Decides what becomes of unsynced changes, where that is to be chosen. Default 0. */
  readonly seed?: number;
}

/**
 * One fault at one place; everything else is as on an idle machine. With `at` 1, 2, 3 … until {@link struck} stays
 * false, the fault has struck at every place there is.
 */
export class Strike implements Chooser {
  readonly delays = false;
  struck = false;
  readonly #options: StrikeOptions;
  readonly #random: Random;
  #places = 0;

  constructor(options: StrikeOptions) {
    this.#options = options;
    this.#random = randomFor('strike', options.seed ?? 0, options.at);
  }

  event(enabled: Enabled): number {
    return enabled.indexOf(enabled.default());
  }

  delay(): number {
    return 0;
  }

  fault({ kind, key, options }: FaultPoint): number {
    if (kind === 'unsynced') return this.#random.below(options.length + 1);
    if (kind !== this.#options.kind || this.#options.where?.test(key) === false) return 0;
    this.#places += 1;
    if (this.#places !== this.#options.at) return 0;
    this.struck = true;
    const { option } = this.#options;
    return option === undefined ? 1 : 1 + options.indexOf(option);
  }

  draw(): number {
    return this.#random.uint32();
  }
}
