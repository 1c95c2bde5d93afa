/** How hard callers are pushed back. */
export type Backpressure = 'normal' | 'moderate' | 'severe';

/** A measurement. */
export interface Usage {
  /** Entries per table. */
  readonly tables: Readonly<Record<string, number>>;
  readonly totalEntries: number;
  /** 0 where memory is not limited. */
  readonly memoryBytes: number;
  /** The largest of the shares of their limits that are used; 1 is all of it. */
  readonly ratio: number;
}

export interface Limits {
  readonly maxEntriesPerTable: number;
  readonly maxEntries: number;
  readonly maxMemoryBytes: number;
}

export function usageOf(tables: ReadonlyMap<string, number>, memoryBytes: number, limits: Limits): Usage {
  const sizes = [...tables.values()];
  const totalEntries = sizes.reduce((sum, size) => sum + size, 0);
  const ratio = Math.max(
    ...sizes.map((size) => size / limits.maxEntriesPerTable),
    totalEntries / limits.maxEntries,
    memoryBytes / limits.maxMemoryBytes,
  );
  return { tables: Object.fromEntries(tables), totalEntries, memoryBytes, ratio };
}
