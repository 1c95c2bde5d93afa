/**
 * What a turn touches, as numbers: a resource's number where it only reads, its negative where it may write. Null: it
 * may touch anything.
 */
export type Signature = readonly number[] | null;

const numbers = new Map<string, number>();
const KNOWN_MAX = 100_000;

/** A number for a name, the same in every thread: 52 bits of hash. Two names of one number only cost reduction. */
export function numberOf(name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    let high = 0x811c9dc5;
    let low = 0x9e3779b9;
    for (let i = 0; i < name.length; i += 1) {
      const unit = name.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x01000193);
      low = Math.imul(low ^ unit, 0x85ebca6b);
      low ^= low >>> 13;
    }
    high ^= high >>> 15;
    number = (high & 0xfffff) * 0x1_0000_0000 + (low >>> 0) + 1;
    if (numbers.size >= KNOWN_MAX) numbers.clear();
    numbers.set(name, number);
  }
  return number;
}

/** Whether the order of two turns may matter: one of them writes what the other touches, or nobody knows. */
export function dependent(a: Signature, b: Signature): boolean {
  if (a === null || b === null) return true;
  for (let i = 0; i < a.length; i += 1) {
    const one = a[i]!;
    for (let j = 0; j < b.length; j += 1) {
      const other = b[j]!;
      if (one === -other || (one === other && one < 0)) return true;
    }
  }
  return false;
}
