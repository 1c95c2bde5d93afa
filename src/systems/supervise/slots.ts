/** Who waits for a slot: one of the two is called, once, unless it leaves. */
export interface SlotWaiter {
  begin(): void;
  /** Every slot is held by something that does not stop. */
  refuse(): void;
}

/**
 * A bounded number of places, given out first come, first served.
 *
 * A place whose holder was told to stop and does not is stuck: it counts against the bound, because what holds it still
 * runs. When all are stuck those who wait are sent away, since nobody can say whether a place will ever be free.
 */
export class Slots {
  readonly #count: number;
  readonly #waiters = new Set<SlotWaiter>();
  #taken = 0;
  #stuck = 0;

  constructor(count: number) {
    this.#count = count;
  }

  get taken(): number {
    return this.#taken;
  }

  get stuck(): number {
    return this.#stuck;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** Calls `begin` at once if a slot is free, `refuse` at once if all are stuck; else later. */
  take(waiter: SlotWaiter): void {
    if (this.#stuck >= this.#count) waiter.refuse();
    else if (this.#taken >= this.#count || this.#waiters.size > 0) this.#waiters.add(waiter);
    else {
      this.#taken += 1;
      waiter.begin();
    }
  }

  /** Waits no longer. */
  leave(waiter: SlotWaiter): void {
    this.#waiters.delete(waiter);
  }

  giveBack(wasStuck: boolean): void {
    this.#taken -= 1;
    if (wasStuck) this.#stuck -= 1;
    for (const waiter of this.#waiters) {
      if (this.#taken >= this.#count) return;
      this.#waiters.delete(waiter);
      this.#taken += 1;
      waiter.begin();
    }
  }

  /** The holder of a taken slot does not stop. */
  markStuck(): void {
    this.#stuck += 1;
    if (this.#stuck < this.#count) return;
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      waiter.refuse();
    }
  }
}
