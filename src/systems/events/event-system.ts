import { Announcer } from '../breaker/announcer.ts';
import { BoundedMailbox } from './bounded-mailbox.ts';
import { emitCustom, type HandlerError } from './emit-custom.ts';
import { requireHandler } from './event-error.ts';

/** What became of a signal. Nothing that was refused is kept. */
export type EmitOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: 'backpressure'; readonly limit: number; readonly dropped: number }
  | { readonly ok: false; readonly error: 'closed' };

export interface EventSystemOptions {
  /** Signals that wait for delivery at most. Default 10,000. */
  readonly mailboxLimit?: number;
}

export interface EventSystemEvents<Signal> {
  /** A signal was refused; so many were, so far. */
  dropped: [signal: Signal, dropped: number];
  /** A handler threw or rejected. If nobody listens, the error becomes an uncaught exception. */
  handlerFailed: [error: HandlerError, signal: Signal];
}

export type SignalHandler<Signal> = (signal: Signal) => unknown;

/** Signals that are delivered in one go before other work of the process gets its turn. */
const BATCH = 64;

/**
 * A signal bus with a bounded mailbox.
 *
 * - At most `mailboxLimit` signals wait. Looking for room and taking it are one step, here where the mailbox is: a
 *   publisher elsewhere must not look first and send then. The next signal is refused, told and counted.
 * - What was accepted is delivered to all handlers that are subscribed when its turn comes, in the order in which it
 *   was accepted. The next signal waits until all of them have settled; so a slow handler makes the mailbox fill up,
 *   and publishers hear of it. A handler that never settles stops the bus: time limits are for handlers to set.
 * - `emitSignal` runs no handler: delivery begins in a later turn of the event loop.
 *
 * What was accepted is in memory, and does not survive a crash of the process.
 *
 * @example
 * ```ts
 * const bus = new EventSystem<{ type: string }>({ mailboxLimit: 1000 });
 * bus.subscribe(async ({ type }) => console.log(type));
 * const outcome = bus.emitSignal({ type: 'agent.started' });
 * if (!outcome.ok) console.log(outcome.error); // 'backpressure' or 'closed'
 * await bus.close();
 * ```
 */
export class EventSystem<Signal> extends Announcer<EventSystemEvents<Signal>> {
  readonly #mailbox: BoundedMailbox<Signal>;
  readonly #handlers = new Map<symbol, SignalHandler<Signal>>();
  #delivering: Promise<void> | undefined;
  #closed = false;

  /** @throws EventError `invalid-argument` unless `mailboxLimit` is a whole number >= 1. */
  constructor({ mailboxLimit = 10_000 }: EventSystemOptions = {}) {
    super();
    this.#mailbox = new BoundedMailbox(mailboxLimit);
  }

  /** Signals that wait. One that is being delivered does not count. */
  get queued(): number {
    return this.#mailbox.size;
  }

  /** How many signals were refused because the mailbox was full. */
  get dropped(): number {
    return this.#mailbox.refused;
  }

  /**
   * Calls `handler` with each signal that is delivered from now on.
   *
   * @returns what ends the subscription
   * @throws EventError `invalid-argument` if the handler is no function.
   */
  subscribe(handler: SignalHandler<Signal>): () => void {
    requireHandler(handler);
    const key = Symbol('subscription');
    this.#handlers.set(key, handler);
    return () => {
      this.#handlers.delete(key);
    };
  }

  /** Accepts a signal, or refuses it because the mailbox is full or the bus closed. Never throws. */
  emitSignal(signal: Signal): EmitOutcome {
    if (this.#closed) return { ok: false, error: 'closed' };
    if (!this.#mailbox.offer(signal)) {
      const { limit, refused: dropped } = this.#mailbox;
      this.announce('dropped', signal, dropped);
      return { ok: false, error: 'backpressure', limit, dropped };
    }
    this.#delivering ??= this.#deliverAll();
    return { ok: true };
  }

  /** Resolves when everything that was accepted has been delivered. Not to be awaited inside a handler. */
  async drained(): Promise<void> {
    await this.#delivering;
  }

  /** Refuses further signals. Resolves as {@link drained}; not to be awaited inside a handler either. */
  close(): Promise<void> {
    this.#closed = true;
    return this.drained();
  }

  async #deliverAll(): Promise<void> {
    for (let count = 0; this.#mailbox.size > 0; count += 1) {
      if (count % BATCH === 0) await new Promise(setImmediate);
      const taken = this.#mailbox.take();
      if (taken !== undefined) await this.#deliver(taken.message);
    }
    this.#delivering = undefined;
  }

  async #deliver(signal: Signal): Promise<void> {
    const outcomes = await Promise.all([...this.#handlers.values()].map((handler) => emitCustom(handler, signal)));
    for (const outcome of outcomes) {
      if (!outcome.ok) this.#report(outcome.error, signal);
    }
  }

  #report(error: HandlerError, signal: Signal): void {
    if (this.listenerCount('handlerFailed') > 0) {
      this.announce('handlerFailed', error, signal);
    } else {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
