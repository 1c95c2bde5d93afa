import seedrandom from 'seedrandom';

/** A stream of random numbers of one run, derived from the printed seed and from nothing else. */
export interface Random {
  /** [0, 1). */
  next(): number;
  /** A whole number in [0, bound). */
  below(bound: number): number;
  /** A 32-bit unsigned integer. */
  uint32(): number;
}

function stream(generator: seedrandom.PRNG): Random {
  return {
    next: generator,
    below: (bound) => Math.floor(generator() * bound),
    uint32: () => generator.int32() >>> 0,
  };
}

/** The stream for `parts`, for example seed and scenario; the same parts give the same stream. */
export function randomFor(...parts: readonly (string | number)[]): Random {
  return stream(seedrandom.alea(parts.join('\u0000')));
}

/**
 * The streams of all runs that have `parts` in common, by run index: streams of neighbours have nothing in common.
 * Seeding from text is slow, so it is done once for all.
 */
export function randomStreams(...parts: readonly string[]): (index: number) => Random {
  const base = seedrandom.alea(parts.join('\u0000')).int32();
  return (index) => streamAt(base, index);
}

function streamAt(base: number, index: number): Random {
  // Finaliser of MurmurHash3: every bit of the index reaches every bit of the seed.
  let seed = base ^ Math.imul(index + 1, 0x9e3779b1);
  seed = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  seed = Math.imul(seed ^ (seed >>> 13), 0xc2b2ae35);
  // xor128 takes a whole number as its state (its types know of text only); zero would be no state at all.
  return stream(seedrandom.xor128((seed ^ (seed >>> 16) || 1) as unknown as string));
}
