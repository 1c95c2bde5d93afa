import type { Witness } from '../kernel/choice.ts';
import type { PendingEvent } from '../kernel/event.ts';

const ignore = (): void => undefined;

/**
 * Puts the events of a run into chains: in each, every event was queued by the turn of the one before it. The first that
 * a turn queues goes on with the turn's chain, any other begins one: as every event has one cause, no fewer chains would do.
 */
export class Chains {
  /** By sequence number of the event. */
  readonly #chains: number[] = [];
  /** Whether an event's chain goes on behind it. */
  readonly #continued: boolean[] = [];
  #count = 0;
  #cause = -1;

  readonly witness: Witness = {
    queued: ({ seq }) => {
      const cause = this.#cause;
      if (cause === -1 || this.#continued[cause] === true) {
        this.#chains[seq] ??= this.#count;
        this.#count += 1;
      } else {
        this.#continued[cause] = true;
        this.#chains[seq] ??= this.#chains[cause]!;
      }
    },
    cancelled: ignore,
    touched: ignore,
    waits: ignore,
    entered: ignore,
    noticed: ignore,
    concernsAll: ignore,
    ended: ignore,
    over: ignore,
    judged: ignore,
    stopped: () => {
      this.#cause = -1;
    },
  };

  /** Its turn is about to begin. */
  fires({ seq }: PendingEvent): void {
    this.#cause = seq;
  }

  of({ seq }: PendingEvent): number {
    return (this.#chains[seq] ??= this.#count++);
  }
}
