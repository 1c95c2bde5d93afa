/** What is outside of the manager: the books, the work orders and the desk of those who look at escalations, in memory. */

export interface Booking {
  readonly id: string;
  readonly workOrderId: string;
  cost: number;
  type: 'reservation' | 'actual';
  /** What was booked before it, on that day. */
  readonly before: number;
}

export interface RoutedOrder {
  readonly proposer: string;
  readonly reservationId: string | null;
  /** The spend that was decided upon. */
  readonly dailySpend: number | null;
}

export interface Escalated {
  readonly workOrderId: string;
  readonly cause: string;
  readonly text: string;
}

/**
 * What goes wrong with an order: the books cannot be asked, the order cannot be written, it is written and nobody is told
 * (once), the desk is away (once).
 */
export type Trouble = 'books' | 'orders' | 'reply' | 'desk';

export class Office {
  readonly troubles = new Map<string, Trouble>();
  readonly bookings: Booking[] = [];
  readonly orders = new Map<string, RoutedOrder>();
  readonly escalations: Escalated[] = [];
  /** What `check_and_reserve_budget` goes by. */
  readonly limit: number;
  #made = 0;

  constructor(limit: number, spent: number) {
    this.limit = limit;
    this.book('earlier', spent, 'actual');
  }

  /** Throws if that is what goes wrong with this order. */
  mayFail(workOrderId: string, what: Trouble): void {
    if (this.troubles.get(workOrderId) !== what) return;
    if (what === 'reply' || what === 'desk') this.troubles.delete(workOrderId);
    throw new Error(`${what} of ${workOrderId}: connection reset`);
  }

  get total(): number {
    return this.bookings.reduce((sum, { cost }) => sum + cost, 0);
  }

  book(workOrderId: string, cost: number, type: Booking['type']): Booking {
    this.#made += 1;
    const booking = { id: `r${this.#made}`, workOrderId, cost, type, before: this.total };
    this.bookings.push(booking);
    return booking;
  }

  unbook(id: string): boolean {
    const at = this.bookings.findIndex((booking) => booking.id === id);
    if (at >= 0) this.bookings.splice(at, 1);
    return at >= 0;
  }

  get reservations(): readonly Booking[] {
    return this.bookings.filter(({ type }) => type === 'reservation');
  }
}
