/** That a turn reads or writes a resource: something that several tasks have in common, by name. */
export interface Touch {
  readonly resource: string;
  readonly writes: boolean;
}

/**
 * Whether the order of two turns may matter: they touch the same resource and one of them writes it. What is unknown
 * (null) may touch anything.
 */
export function inConflict(a: readonly Touch[] | null, b: readonly Touch[] | null): boolean {
  if (a === null || b === null) return true;
  for (let i = 0; i < a.length; i += 1) {
    const { resource, writes } = a[i]!;
    for (let j = 0; j < b.length; j += 1) {
      const other = b[j]!;
      if (resource === other.resource && (writes || other.writes)) return true;
    }
  }
  return false;
}
