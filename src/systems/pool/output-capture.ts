import { constants } from 'node:buffer';
import { requireWhole } from './argument-check.ts';

/** Bytes kept of a task's output where nobody says how many: 10 MiB. */
export const DEFAULT_OUTPUT_BYTES: number = 10 * 2 ** 20;

/** The most bytes that can be kept: what fits into a string of V8, about 512 MiB. */
export const MOST_OUTPUT_BYTES: number = constants.MAX_STRING_LENGTH;

export type OutputStream = 'stdout' | 'stderr';

export interface CapturedOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes of both in UTF-8; never more than the limit. */
  readonly bytes: number;
  /** Something did not fit, and was dropped. */
  readonly truncated: boolean;
}

const encoder = new TextEncoder();

/** A UTF-16 high surrogate at the end: the first half of a character. */
const OPEN_PAIR = /[\uD800-\uDBFF]$/;

/** One stream: bytes or text in, in any pieces; well-formed text out. */
class Text {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #parts: string[] = [];
  /** The first half of a surrogate pair that a string ended with. */
  #half = '';
  /** Something was dropped: what comes later must not close the gap. */
  cut = false;
  ended = false;

  decode(chunk: Uint8Array | string): string {
    if (typeof chunk !== 'string') return this.#flushHalf() + this.#decoder.decode(chunk, { stream: true });
    const text = this.#half + chunk;
    this.#half = OPEN_PAIR.exec(text)?.[0] ?? '';
    const whole = this.#half === '' ? text : text.slice(0, -1);
    // By way of bytes: that turns surrogates without a partner into replacement characters.
    return this.#decoder.decode(encoder.encode(whole), { stream: true });
  }

  #flushHalf(): string {
    if (this.#half === '') return '';
    this.#half = '';
    return this.#decoder.decode(encoder.encode('\uD800'), { stream: true });
  }

  /** What is left of an incomplete character. */
  flush(): string {
    return this.#flushHalf() + this.#decoder.decode();
  }

  append(text: string): void {
    this.#parts.push(text);
  }

  toString(): string {
    return this.#parts.join('');
  }
}

/**
 * Keeps the beginning of a task's output, up to a number of bytes, of both streams together.
 *
 * The bytes are those of the text that is kept, in UTF-8, counted after decoding: a byte that is no UTF-8 becomes a
 * replacement character of three. A character is kept in full or not at all, also when its bytes, or the halves of its
 * surrogate pair, come in different chunks. What is kept of a stream is always a beginning of it.
 *
 * @example
 * ```ts
 * import { OutputCapture } from 'heddle/systems';
 * const capture = new OutputCapture({ maxBytes: 5 });
 * capture.write('stdout', Uint8Array.of(0xf0, 0x9f));
 * capture.write('stdout', Uint8Array.of(0xa7, 0xb5));
 * capture.write('stdout', 'é');
 * console.log(capture.read()); // { stdout: '🧵', stderr: '', bytes: 4, truncated: true }
 * ```
 */
export class OutputCapture {
  readonly maxBytes: number;
  readonly #texts: Readonly<Record<OutputStream, Text>> = { stdout: new Text(), stderr: new Text() };
  #bytes = 0;

  /**
   * @param options.maxBytes 0 keeps nothing; undefined means {@link DEFAULT_OUTPUT_BYTES}.
   * @throws PoolError 'invalid-argument' for anything that is not a whole number from 0 to about 512 Mi.
   */
  constructor({ maxBytes = DEFAULT_OUTPUT_BYTES }: { readonly maxBytes?: number | undefined } = {}) {
    requireWhole('maxBytes', maxBytes, 0, MOST_OUTPUT_BYTES);
    this.maxBytes = maxBytes;
  }

  /** Bytes kept so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the next piece of a stream; after {@link end} and after the limit it takes nothing. */
  write(stream: OutputStream, chunk: Uint8Array | string): void {
    const text = this.#texts[stream];
    if (text.cut || text.ended) return;
    this.#keep(text, text.decode(chunk));
  }

  /** The stream has ended: an incomplete character at its end becomes a replacement character. */
  end(stream: OutputStream): void {
    const text = this.#texts[stream];
    if (text.ended) return;
    text.ended = true;
    if (!text.cut) this.#keep(text, text.flush());
  }

  read(): CapturedOutput {
    const { stdout, stderr } = this.#texts;
    return {
      stdout: stdout.toString(),
      stderr: stderr.toString(),
      bytes: this.#bytes,
      truncated: stdout.cut || stderr.cut,
    };
  }

  #keep(text: Text, piece: string): void {
    if (piece === '') return;
    const room = this.maxBytes - this.#bytes;
    const size = Buffer.byteLength(piece);
    if (size <= room) {
      text.append(piece);
      this.#bytes += size;
      return;
    }
    text.cut = true;
    // Stops before the first character that does not fit, and never inside one.
    const { read, written } = encoder.encodeInto(piece, new Uint8Array(room));
    if (written === 0) return;
    text.append(piece.slice(0, read));
    this.#bytes += written;
  }
}
