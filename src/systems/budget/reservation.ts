import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;

/**
 * The right to use, or give back, what was reserved for one operation: whoever presents it is the owner. A string, so
 * that it can cross a process boundary, and 122 random bits, so that knowing an operation's id is not enough.
 */
export type Reservation = string & { readonly [brand]: 'Reservation' };

/** The text of a reservation that no one has held before. */
export function randomReservation(): string {
  // Without the cache, which would carry random bytes from one simulated run over into the next.
  return `rsv-${randomUUID({ disableEntropyCache: true })}`;
}
