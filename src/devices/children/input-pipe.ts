import { Writable } from 'node:stream';
import { systemError } from './node-errors.ts';

/** The parent's end of a child's stdin. What it takes is kept; after the child's end it breaks, as a pipe does. */
export class InputPipe extends Writable {
  readonly received: Uint8Array[] = [];
  #broken = false;

  /** The child is gone: nobody will read. */
  breakOff(): void {
    this.#broken = true;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#broken) {
      callback(systemError('EPIPE', 'write'));
      return;
    }
    this.received.push(chunk);
    callback();
  }
}
