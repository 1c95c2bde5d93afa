import { Mutex } from '../lock/mutex.ts';
import { EventError, requireLimit } from './event-error.ts';
import type { EmitOutcome } from './event-system.ts';

/** Brings one signal to the event system, wherever it is, and its outcome back. Rejects if that failed. */
export type SignalTransport<Signal> = (signal: Signal) => Promise<EmitOutcome>;

export interface EventPublisherOptions {
  /** Signals that this publisher has sent or is still to send, and whose outcome is not known. Default 1,000. */
  readonly maxPending?: number;
}

/**
 * Publishes to an {@link EventSystem} in another process, in order.
 *
 * Messages to another process may overtake each other, so a signal is sent when the outcome of the one before it has
 * come back. What waits for that is bounded, too: beyond `maxPending` a signal is refused here. A signal is sent once:
 * if its transport fails nobody knows whether it was accepted, and the caller is told so.
 *
 * @example
 * ```ts
 * const send = (signal: string) => Promise.resolve({ ok: true as const }); // over a socket, say
 * const publisher = new EventPublisher(send);
 * const [first, second] = await Promise.all([publisher.emitSignal('a'), publisher.emitSignal('b')]);
 * console.log(first.ok, second.ok);
 * ```
 */
export class EventPublisher<Signal> {
  readonly #transport: SignalTransport<Signal>;
  readonly #maxPending: number;
  readonly #turn = new Mutex();
  #pending = 0;
  #dropped = 0;

  /** @throws EventError `invalid-argument` unless `maxPending` is a whole number >= 1. */
  constructor(transport: SignalTransport<Signal>, { maxPending = 1_000 }: EventPublisherOptions = {}) {
    requireLimit('maxPending', maxPending);
    this.#transport = transport;
    this.#maxPending = maxPending;
  }

  /** Signals whose outcome is not known yet. */
  get pending(): number {
    return this.#pending;
  }

  /** How many signals were refused here, without being sent. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Sends a signal after all that this publisher was given before.
   *
   * @throws EventError `unknown-outcome`, caused by the transport's error
   */
  async emitSignal(signal: Signal): Promise<EmitOutcome> {
    if (this.#pending >= this.#maxPending) {
      this.#dropped += 1;
      return { ok: false, error: 'backpressure', limit: this.#maxPending, dropped: this.#dropped };
    }
    this.#pending += 1;
    try {
      return await this.#turn.runExclusive(() => this.#transport(signal));
    } catch (cause) {
      throw new EventError('unknown-outcome', {
        category: 'transient',
        recoveryStrategy: 'compensate',
        expected: 'the outcome of a signal',
        received: 'a failure of the transport, which is the cause',
        nextStep: 'send it again only if its handlers can do with two',
        cause,
      });
    } finally {
      this.#pending -= 1;
    }
  }
}
