import seedrandom from 'seedrandom';

/** A stream of 32-bit integers that stands in for every source of randomness of one run. */
export class Randomness {
  readonly #next: seedrandom.PRNG;

  /** @param seed a 32-bit unsigned integer; 0 is the default stream. */
  constructor(seed: number) {
    this.#next = seedrandom.alea(`heddle ${String(seed)}`);
  }

  /** As `Math.random`: [0, 1) with 53 bits. */
  random(): number {
    return this.#next.double();
  }

  /** Fills `bytes` in place. */
  fill(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (this.#next.int32() >>> 24) & 0xff;
  }
}
