/**
 * Specimen: the repository query of F10 as the source document describes it before the fix: it loads the entire table.
 *
 * The document prints names only (`:ets.tab2list`, `:ets.select`, `build_match_spec`); what is completed is marked, a
 * mark alone on its line belongs to the line below it. A row that leaves an ETS table is copied, so it is here.
 */

// completed
export interface Row {
  readonly id: string;
  readonly kind: string;
  readonly size: number;
}

/** A simple equality, or anything else. */
export type Filter = { readonly field: keyof Row; readonly equals: unknown } | ((row: Row) => boolean); // completed

/** An ETS table: what leaves it is a copy. */
export class Table {
  readonly rows: Map<string, Row> = new Map<string, Row>(); // completed
  readonly copy: (row: Row) => Row; // completed

  // completed
  constructor(copy: (row: Row) => Row) {
    this.copy = copy; // completed
  }

  // completed
  tab2list(): Row[] {
    return [...this.rows.values()].map(this.copy); // completed
  }

  // completed
  select(matchSpec: Partial<Record<keyof Row, unknown>>): Row[] {
    const fields = Object.keys(matchSpec) as (keyof Row)[]; // completed
    const matches = [...this.rows.values()].filter((row) => fields.every((field) => row[field] === matchSpec[field])); // completed
    return matches.map(this.copy); // completed
  }
}

// completed
export function accepts(filter: Filter, row: Row): boolean {
  return typeof filter === 'function' ? filter(row) : row[filter.field] === filter.equals; // completed
}

// completed
export function all(table: Table, filters: readonly Filter[]): Row[] {
  return table.tab2list().filter((row) => filters.every((filter) => accepts(filter, row)));
}
