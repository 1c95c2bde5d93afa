import { Extent } from './extent.ts';

/** A change of a file that no sync has made durable yet. */
export type PendingChange =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/**
 * The content of one file, whatever its name: what readers see, what is surely on the medium, and the changes that lie
 * between the two, in order.
 */
export class DiskFile {
  readonly current: Extent;
  readonly durable: Extent;
  readonly pending: PendingChange[] = [];

  constructor(bytes?: Uint8Array) {
    this.current = new Extent(bytes);
    this.durable = new Extent(bytes);
  }

  change(change: PendingChange): void {
    apply(this.current, change);
    this.pending.push(change);
  }

  sync(): void {
    for (const change of this.pending) apply(this.durable, change);
    this.pending.length = 0;
  }

  /** What is left when the power fails and `survives` says what becomes of each pending change. */
  survivor(survives: (change: PendingChange) => PendingChange | null): Uint8Array {
    const extent = new Extent(this.durable.bytes);
    for (const change of this.pending) {
      const kept = survives(change);
      if (kept !== null) apply(extent, kept);
    }
    return extent.bytes;
  }
}

function apply(extent: Extent, change: PendingChange): void {
  if (change.kind === 'write') extent.write(change.bytes, change.offset);
  else extent.truncate(change.size);
}
