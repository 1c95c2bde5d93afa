import { Readable } from 'node:stream';
import { systemError } from './node-errors.ts';

/** What a pipe asks of its surroundings: to do something in the parent's event loop, within a window of virtual ms. */
export type InParent = (label: string, window: readonly [number, number], callback: () => void) => void;

export interface OutputPipeOptions {
  /** What the trace calls it, for example `child 1 stdout`. */
  readonly name: string;
  /** Virtual ms from when there is something to read until the parent reads it. */
  readonly latency: readonly [number, number];
  readonly inParent: InParent;
  /** Asked before each read: whether it fails. */
  readonly readFails: () => boolean;
}

/** The close callback of a handle comes at the end of the same round of the loop. */
const CLOSING: readonly [number, number] = [0, 1];

/**
 * The parent's end of a child's stdout or stderr: a real `Readable`, so that whatever reads from it works. What was
 * written since the last read comes in one chunk, as from a real pipe. Its end comes when nobody is left who
 * could write, which may be long after the child's exit.
 */
export class OutputPipe extends Readable {
  readonly #options: OutputPipeOptions;
  #unread: Uint8Array[] = [];
  /** Somebody holds the other end. */
  #written = true;
  /** The parent wants to read. */
  #wanted = false;
  #reading = false;
  /** Its handle is closed: nothing of it is left in the system. */
  released = false;
  #ended = false;

  constructor(options: OutputPipeOptions) {
    super();
    this.#options = options;
  }

  /** The child writes. What nobody can read any more is lost. */
  fill(bytes: Uint8Array): void {
    if (this.destroyed || bytes.length === 0) return;
    this.#unread.push(bytes);
    this.#schedule();
  }

  /** The last one who could write is gone. */
  hangUp(): void {
    this.#written = false;
    this.#schedule();
  }

  /** There never was a child behind it. */
  giveUp(): void {
    this.released = true;
    this.push(null);
  }

  #schedule(): void {
    if (!this.#wanted || this.#reading || this.#ended || this.destroyed) return;
    if (this.#unread.length === 0 && this.#written) return;
    this.#reading = true;
    const { name, latency, inParent } = this.#options;
    inParent(`${name} readable`, latency, () => {
      this.#reading = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (this.destroyed) return;
    if (this.#options.readFails()) {
      this.destroy(systemError('EIO', 'read'));
      return;
    }
    const chunk = Buffer.concat(this.#unread);
    this.#unread = [];
    if (chunk.length > 0) {
      this.#wanted = this.push(chunk);
    } else if (!this.#written) {
      this.#ended = true;
      this.push(null);
    }
    this.#schedule();
  }

  override _read(): void {
    this.#wanted = true;
    this.#schedule();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#unread = [];
    if (this.released) {
      callback(error);
      return;
    }
    this.#options.inParent(`${this.#options.name} closed`, CLOSING, () => {
      this.released = true;
      callback(error);
    });
  }
}
