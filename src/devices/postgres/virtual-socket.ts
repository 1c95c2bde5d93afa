import { EventEmitter } from 'node:events';

/** What a socket asks of the network that it is plugged into. */
export interface Plug {
  /** The client wants to connect; to be answered by {@link VirtualSocket.connected}. */
  connect(): void;
  /** The client has sent bytes. */
  sent(bytes: Uint8Array): void;
  /** The client has hung up. */
  closed(): void;
}

/** The part of Node's `net.Socket` that database clients use; its other end is simulated. */
export class VirtualSocket extends EventEmitter {
  writable = false;
  readable = false;
  destroyed = false;
  readonly #plug: Plug;
  #closing = false;

  constructor(plug: (socket: VirtualSocket) => Plug) {
    super();
    this.#plug = plug(this);
  }

  connect(): this {
    this.#plug.connect();
    return this;
  }

  /** From the other end: the connection is there. */
  connected(): void {
    if (this.#closing) return;
    this.writable = true;
    this.readable = true;
    this.emit('connect');
  }

  /** From the other end: bytes, which came from another thread and so are no Buffer any more. */
  received(bytes: Uint8Array): void {
    if (!this.#closing) this.emit('data', Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** From the other end: the connection is broken. */
  broken(error: Error): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#unusable();
    this.emit('error', error);
    this.emit('close', true);
  }

  write(bytes: Uint8Array | string, ...rest: unknown[]): boolean {
    const done = rest.find((each): each is (error?: Error) => void => typeof each === 'function');
    if (!this.writable) {
      if (done !== undefined) process.nextTick(done, new Error('write after end'));
      return false;
    }
    this.#plug.sent(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    if (done !== undefined) process.nextTick(done);
    return true;
  }

  end(): this {
    return this.#close(undefined);
  }

  destroy(error?: Error): this {
    this.destroyed = true;
    return this.#close(error);
  }

  #close(error: Error | undefined): this {
    if (this.#closing) return this;
    this.#closing = true;
    this.#unusable();
    this.#plug.closed();
    process.nextTick(() => {
      if (error !== undefined) this.emit('error', error);
      this.emit('end');
      this.emit('close', error !== undefined);
    });
    return this;
  }

  #unusable(): void {
    this.writable = false;
    this.readable = false;
    this.destroyed = true;
  }

  // What has no meaning without a network underneath.

  cork(): void {
    // Requests are cut by their content, not by how they are sent.
  }

  uncork(): void {
    // As cork.
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
