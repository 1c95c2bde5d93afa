/** Bytes that grow at their end; what lies between the old end and a write beyond it is zeros. */
export class Extent {
  #bytes: Uint8Array;
  #size: number;

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.#bytes = bytes.slice();
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
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2, 8192));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, offset);
    if (end > this.#size) this.#size = end;
  }

  truncate(size: number): void {
    if (size > this.#size) {
      this.write(new Uint8Array(size - this.#size), this.#size);
      return;
    }
    // What is written behind the end later must find zeros between.
    this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}
