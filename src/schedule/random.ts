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

/** The stream for `parts`, for example seed, scenario and run index; the same parts give the same stream. */
export function randomFor(...parts: readonly (string | number)[]): Random {
  const generator = seedrandom.alea(parts.join('\u0000'));
  return {
    next: () => generator(),
    below: (bound) => Math.floor(generator() * bound),
    uint32: () => generator.int32() >>> 0,
  };
}
