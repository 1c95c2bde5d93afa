/**
 * Specimen: the repository query of F10 with the fix as the source document gives it. The table is that of `as-found.ts`,
 * and marks mean the same.
 */
import { accepts, type Filter, type Row, type Table } from './as-found.ts';

/** "Convert simple equality filters to match specs"; undefined if there is another filter. */
function buildMatchSpec(filters: readonly Filter[]): Partial<Record<keyof Row, unknown>> | undefined {
  const matchSpec: Partial<Record<keyof Row, unknown>> = {}; // completed
  // completed
  for (const filter of filters) {
    if (typeof filter === 'function') return undefined; // completed
    // Two equalities on one field have no match spec.
    if (filter.field in matchSpec) return undefined; // completed
    matchSpec[filter.field] = filter.equals; // completed
  } // completed
  return matchSpec; // completed
}

// completed
export function all(table: Table, filters: readonly Filter[]): Row[] {
  const matchSpec = buildMatchSpec(filters);
  if (matchSpec !== undefined) return table.select(matchSpec);
  // Falls back to select-all + filtering only for complex filters
  return table.select({}).filter((row) => filters.every((filter) => accepts(filter, row)));
}
