/**
 * Bytes that grow at their end; what lies between the old end and a write beyond it is zeros. Bytes that it is given
 * are shared until it changes them, so that copies of a disk are cheap; nobody else may change them meanwhile.
 */
export class Extent {
  #bytes: Uint8Array;
  #size: number;
  #shared = true;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes;
    this.#size = bytes.length;
  }

  get size(): number {
    return this.#size;
  }

  /** The bytes as they are now: a view, good until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  write(bytes: Uint8Array, offset: number): void {
    const end = offset + bytes.length;
    this.#own(end);
    this.#bytes.set(bytes, offset);
    if (end > this.#size) this.#size = end;
  }

  truncate(size: number): void {
    if (size > this.#size) {
      this.#own(size);
    } else {
      this.#own(this.#size);
      // What is written behind the end later must find zeros between.
      this.#bytes.fill(0, size, this.#size);
    }
    this.#size = size;
  }

  /** Makes the bytes its own, and room for `size` of them. */
  #own(size: number): void {
    if (!this.#shared && size <= this.#bytes.length) return;
    const grown = size > this.#bytes.length ? Math.max(size, this.#size * 2, SMALLEST) : this.#size;
    const own = new Uint8Array(grown);
    own.set(this.bytes);
    this.#bytes = own;
    this.#shared = false;
  }
}

/** Room that a file gets with its first write. */
const SMALLEST = 8192;
