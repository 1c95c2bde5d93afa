import type { PendingEvent } from './event.ts';

/**
 * A stream whose completions arrive in the order in which they were sent: one socket, one pipe, one message port.
 * Only its head is pending in the world; the windows of what follows never end before it.
 */
export class Channel {
  /** Waiting behind the head. */
  readonly queue: PendingEvent[] = [];
  head: PendingEvent | null = null;
  earliest = 0;
  latest = 0;
}
