/** Why a person has to look at a work order. */
export type EscalationCause = 'over-budget' | 'budget-unavailable' | 'routing-failed';

export interface Escalation {
  readonly workOrderId: string;
  readonly cause: EscalationCause;
  /** What happened, with the numbers that were decided upon. */
  readonly text: string;
}

/** Where escalations are kept. */
export interface EscalationStore {
  /** Keeps it unless there is one of the same order and cause already, in one step. May be repeated. */
  record(escalation: Escalation): Promise<void>;
}

export interface EscalationDeskOptions {
  readonly store: EscalationStore;
  /** Ms until what could not be recorded is tried again. Default 1,000. */
  readonly retryMs?: number;
}

const DEFAULT_RETRY_MS = 1000;

/**
 * Tells people, exactly once for each work order and cause. What cannot be recorded now, because the store fails, is
 * kept and tried again until it is: nobody who was refused is forgotten as long as this process lives.
 *
 * @example
 * ```ts
 * import { EscalationDesk } from 'heddle/systems';
 *
 * const recorded = new Map<string, string>();
 * const desk = new EscalationDesk({
 *   store: {
 *     record: async ({ workOrderId, cause, text }) => void recorded.set(`${workOrderId}/${cause}`, text),
 *   },
 * });
 * await desk.escalate({ workOrderId: 'wo-1', cause: 'over-budget', text: '$95 + $10 is more than $100' });
 * desk.close();
 * ```
 */
export class EscalationDesk {
  readonly #store: EscalationStore;
  readonly #retryMs: number;
  /** By order and cause. */
  readonly #open = new Map<string, Escalation>();
  #timer: NodeJS.Timeout | undefined;
  #trying = false;
  #closed = false;

  /** @throws RangeError when `retryMs` is no number of ms above 0. */
  constructor({ store, retryMs = DEFAULT_RETRY_MS }: EscalationDeskOptions) {
    if (!(retryMs > 0 && retryMs <= 2 ** 31 - 1)) {
      throw new RangeError(`expected retryMs to be from 1 to ${2 ** 31 - 1}, received ${retryMs}`);
    }
    this.#store = store;
    this.#retryMs = retryMs;
  }

  /** What has not been recorded yet, oldest first. */
  get open(): readonly Escalation[] {
    return [...this.#open.values()];
  }

  /** Resolves with whether it is recorded; if not, it is tried again until it is, or the desk is closed. */
  async escalate(escalation: Escalation): Promise<boolean> {
    const key = JSON.stringify([escalation.workOrderId, escalation.cause]);
    this.#open.set(key, this.#open.get(key) ?? escalation);
    return this.#record(key);
  }

  async #record(key: string): Promise<boolean> {
    const escalation = this.#open.get(key);
    if (escalation === undefined) return true;
    try {
      await this.#store.record(escalation);
      this.#open.delete(key);
      return true;
    } catch {
      this.#later();
      return false;
    }
  }

  #later(): void {
    if (this.#closed || this.#trying || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#again();
    }, this.#retryMs);
  }

  async #again(): Promise<void> {
    this.#trying = true;
    for (const key of [...this.#open.keys()]) if (!this.#closed) await this.#record(key);
    this.#trying = false;
    if (this.#open.size > 0) this.#later();
  }

  /** Stops trying. What is left is in {@link open}, for whoever closes it to keep. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
