import { dependent } from './dependence.ts';
import type { Turn } from './turn-log.ts';

/** Two turns next to each other in the order, which could have come the other way round. */
export interface Race {
  readonly first: number;
  readonly second: number;
}

/** The order that all equivalent schedules of a run have in common. */
export class HappensBefore {
  /** Row j: a bit for each turn that comes before turn j, but only from its last turn that touches anything on. */
  readonly #rows: Uint32Array[] = [];
  readonly #anything: number[] = [];
  readonly races: Race[] = [];

  constructor(turns: readonly Turn[]) {
    const words = (turns.length + 31) >> 5;
    let anything = -1;
    for (let j = 0; j < turns.length; j += 1) {
      const row = new Uint32Array(words);
      this.#rows.push(row);
      this.#anything.push(anything);
      const turn = turns[j]!;
      for (let i = j - 1; i >= Math.max(anything, 0); i -= 1) {
        if (bit(row, i)) continue;
        const earlier = turns[i]!;
        const follows = turn.parent === i || turn.since === i || earlier.era !== turn.era;
        if (!follows && !related(earlier, turn)) continue;
        if (!follows) this.races.push({ first: i, second: j });
        const before = this.#rows[i]!;
        for (let word = 0; word < words; word += 1) row[word]! |= before[word]!;
        row[i >> 5]! |= 1 << (i & 31);
      }
      if (turn.touches === null) anything = j;
    }
  }

  /** Whether turn `i` comes before turn `j` > `i` in all equivalent schedules. */
  before(i: number, j: number): boolean {
    return i < this.#anything[j]! || bit(this.#rows[j]!, i);
  }
}

function bit(row: Uint32Array, at: number): boolean {
  return ((row[at >> 5]! >>> (at & 31)) & 1) === 1;
}

function related(a: Turn, b: Turn): boolean {
  return dependent(a.touches, b.touches) || a.cancels.includes(b.id) || b.cancels.includes(a.id);
}
