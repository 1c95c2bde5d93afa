const labels = new Map<string, number>();
const KNOWN_LABELS_MAX = 10_000;

/** FNV-1a over the label's UTF-16 units; cached, because labels repeat from run to run. */
function labelHash(label: string): number {
  let hash = labels.get(label);
  if (hash === undefined) {
    hash = 0x811c9dc5;
    for (let i = 0; i < label.length; i += 1) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
    if (labels.size >= KNOWN_LABELS_MAX) labels.clear();
    labels.set(label, hash);
  }
  return hash;
}

/**
 * A running 64-bit hash over the turns of a run: label, kind, task and virtual time of each. Integer arithmetic
 * only, so it is the same on every Node version and machine. Two multiplicative lanes after MurmurHash3.
 */
export class TraceHash {
  #high = 0x9e3779b9 | 0;
  #low = 0x85ebca6b | 0;
  /** The last text and instant, with what they hash to: turns repeat both. */
  #text = '';
  #textHash = labelHash('');
  #ms = 0;
  #usLow = 0;
  #usHigh = 0;

  add(value: number): void {
    this.#high = Math.imul((this.#high ^ value) + 0x7f4a7c15, 0x85ebca6b);
    this.#high ^= this.#high >>> 15;
    this.#low = Math.imul((this.#low + value) ^ this.#high, 0xc2b2ae35);
    this.#low ^= this.#low >>> 13;
  }

  addText(text: string): void {
    if (text !== this.#text) {
      this.#text = text;
      this.#textHash = labelHash(text);
    }
    this.add(this.#textHash);
  }

  /** Virtual time is hashed in whole microseconds. */
  addTime(ms: number): void {
    if (ms !== this.#ms) {
      const us = Math.round(ms * 1000);
      this.#ms = ms;
      this.#usLow = us | 0;
      this.#usHigh = (us / 0x1_0000_0000) | 0;
    }
    this.add(this.#usLow);
    this.add(this.#usHigh);
  }

  /** Sixteen hexadecimal digits. */
  toString(): string {
    return hex(this.#high) + hex(this.#low);
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
