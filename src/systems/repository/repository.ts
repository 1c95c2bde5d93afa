import { invalidArgument } from './repository-error.ts';

/** How a field is compared. `eq` is `===`, but NaN equals NaN; the others are JavaScript's operators. */
export type Comparison = 'eq' | 'neq' | 'lt' | 'lte' | 'gt' | 'gte' | 'in';

const COMPARE: Readonly<Record<Comparison, (field: unknown, value: unknown) => boolean>> = {
  eq: same,
  neq: (field, value) => !same(field, value),
  lt: (field, value) => (field as number) < (value as number),
  lte: (field, value) => (field as number) <= (value as number),
  gt: (field, value) => (field as number) > (value as number),
  gte: (field, value) => (field as number) >= (value as number),
  in: (field, value) => (value as unknown[]).includes(field),
};

/** The equality of `Map`, so that an index answers as a scan does. */
function same(a: unknown, b: unknown): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

interface Filter {
  readonly accepts: (row: never) => boolean;
  /** Where it is an equality, by which an index may find rows. */
  readonly equality?: { readonly field: PropertyKey; readonly value: unknown };
}

interface Stored<Row> {
  readonly row: Row;
  /** Rows are found in the order in which their keys came. */
  readonly order: number;
}

/** What a query sees of its repository. */
interface Source<Row> {
  /** Rows among which are all that the filters accept, perhaps not in order. */
  candidates(filters: readonly Filter[]): Iterable<Stored<Row>>;
  copy(row: Row): Row;
}

export interface RepositoryOptions<Row> {
  /** Fields by which rows can be found without a scan. */
  readonly indexes?: readonly (keyof Row & string)[];
  /** Copies a row, on its way in and on its way out. Default `structuredClone`. */
  readonly copy?: (row: Row) => Row;
}

/**
 * A table in memory whose queries copy what they answer and nothing else.
 *
 * An equality on an indexed field is looked up; everything else is evaluated while scanning, on the stored rows. So
 * a query takes memory for its matches, whatever the size of the table.
 *
 * @example
 * ```ts
 * const agents = new Repository<{ id: string; type: string; load: number }>('id', { indexes: ['type'] });
 * agents.put({ id: 'a', type: 'worker', load: 0.5 });
 * const idle = agents.query().where('type', 'eq', 'worker').where('load', 'lt', 1).orderBy('load').limit(3).all();
 * console.log(idle.length);
 * ```
 */
export class Repository<Row extends object> {
  readonly #key: keyof Row & string;
  readonly #rows = new Map<unknown, Stored<Row>>();
  readonly #indexes: ReadonlyMap<PropertyKey, Map<unknown, Set<Stored<Row>>>>;
  readonly #copy: (row: Row) => Row;
  #puts = 0;

  /** @throws RepositoryError `invalid-argument` unless `key` is a non-empty string. */
  constructor(key: keyof Row & string, { indexes = [], copy = structuredClone }: RepositoryOptions<Row> = {}) {
    if (typeof key !== 'string' || key === '') throw invalidArgument('key to name a field', key);
    this.#key = key;
    this.#indexes = new Map(indexes.map((field) => [field, new Map<unknown, Set<Stored<Row>>>()]));
    this.#copy = copy;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** A copy of the row with this key. */
  get(key: unknown): Row | undefined {
    const stored = this.#rows.get(key);
    return stored === undefined ? undefined : this.#copy(stored.row);
  }

  /** Stores a copy of `row`, in the place of the row with the same key, if there is one. */
  put(row: Row): void {
    const copy = this.#copy(row);
    const key = copy[this.#key];
    const before = this.#rows.get(key);
    if (before !== undefined) this.#unindex(before);
    const stored = { row: copy, order: before?.order ?? (this.#puts += 1) };
    this.#rows.set(key, stored);
    for (const [field, index] of this.#indexes) {
      const value = copy[field as keyof Row];
      const found = index.get(value);
      if (found === undefined) index.set(value, new Set([stored]));
      else found.add(stored);
    }
  }

  /** @returns whether there was such a row */
  delete(key: unknown): boolean {
    const stored = this.#rows.get(key);
    if (stored !== undefined) this.#unindex(stored);
    return this.#rows.delete(key);
  }

  query(): Query<Row> {
    return new Query<Row>({ candidates: (filters) => this.#candidates(filters), copy: this.#copy });
  }

  /** The rows of the shortest index entry that an equality names, or else all. */
  #candidates(filters: readonly Filter[]): Iterable<Stored<Row>> {
    let fewest: ReadonlySet<Stored<Row>> | undefined;
    for (const { equality } of filters) {
      const index = equality === undefined ? undefined : this.#indexes.get(equality.field);
      if (equality === undefined || index === undefined) continue;
      const found = index.get(equality.value) ?? new Set();
      if (fewest === undefined || found.size < fewest.size) fewest = found;
    }
    return fewest ?? this.#rows.values();
  }

  #unindex(stored: Stored<Row>): void {
    for (const [field, index] of this.#indexes) {
      const value = stored.row[field as keyof Row];
      const found = index.get(value);
      found?.delete(stored);
      if (found?.size === 0) index.delete(value);
    }
  }
}

/** A query; its methods return another one. Nothing is read before `all`, `first` or `count`. */
export class Query<Row extends object> {
  readonly #source: Source<Row>;
  readonly #filters: readonly Filter[];
  readonly #order: ((a: Row, b: Row) => number) | undefined;
  readonly #limit: number;

  /** Made by {@link Repository.query}. */
  constructor(
    source: Source<Row>,
    filters: readonly Filter[] = [],
    order?: (a: Row, b: Row) => number,
    limit: number = Infinity,
  ) {
    this.#source = source;
    this.#filters = filters;
    this.#order = order;
    this.#limit = limit;
  }

  /**
   * Rows whose field compares so; all filters must accept a row.
   *
   * @throws RepositoryError `invalid-argument` for an unknown comparison, or an `in` without an array.
   */
  where<Field extends keyof Row & string>(field: Field, comparison: 'in', value: readonly Row[Field][]): Query<Row>;
  where<Field extends keyof Row & string>(
    field: Field,
    comparison: Exclude<Comparison, 'in'>,
    value: Row[Field],
  ): Query<Row>;
  where(field: keyof Row & string, comparison: Comparison, value: unknown): Query<Row> {
    if (!Object.hasOwn(COMPARE, comparison)) {
      throw invalidArgument(`one of the comparisons ${Object.keys(COMPARE).join(', ')}`, comparison);
    }
    if (comparison === 'in' && !Array.isArray(value)) throw invalidArgument('an array of values', value);
    const compare = COMPARE[comparison];
    const accepts = (row: Row): boolean => compare(row[field], value);
    return this.#with(comparison === 'eq' ? { accepts, equality: { field, value } } : { accepts });
  }

  /** Rows that `accepts` accepts. It is given the stored rows: it must not change them. */
  filter(accepts: (row: Readonly<Row>) => boolean): Query<Row> {
    return this.#with({ accepts });
  }

  /** Rows with equal fields, and all rows without this, come in the order in which their keys came. */
  orderBy(field: keyof Row & string, direction: 'asc' | 'desc' = 'asc'): Query<Row> {
    const sign = direction === 'desc' ? -1 : 1;
    const order = (a: Row, b: Row): number => sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0);
    return new Query(this.#source, this.#filters, order, this.#limit);
  }

  /** @throws RepositoryError `invalid-argument` unless `limit` is a whole number >= 0. */
  limit(limit: number): Query<Row> {
    if (!Number.isSafeInteger(limit) || limit < 0) throw invalidArgument('limit to be a whole number >= 0', limit);
    return new Query(this.#source, this.#filters, this.#order, limit);
  }

  /** Copies of the matching rows. */
  all(): Row[] {
    const matches = [...this.#matches()].sort((a, b) => a.order - b.order).map(({ row }) => row);
    if (this.#order !== undefined) matches.sort(this.#order);
    return matches.slice(0, this.#limit).map((row) => this.#source.copy(row));
  }

  /** A copy of the first matching row. */
  first(): Row | undefined {
    return this.limit(Math.min(this.#limit, 1)).all()[0];
  }

  /** How many rows `all` would answer; copies none. */
  count(): number {
    let count = 0;
    for (const _ of this.#matches()) count += 1;
    return Math.min(count, this.#limit);
  }

  *#matches(): Generator<Stored<Row>> {
    for (const stored of this.#source.candidates(this.#filters)) {
      if (this.#filters.every(({ accepts }) => accepts(stored.row as never))) yield stored;
    }
  }

  #with(filter: Filter): Query<Row> {
    return new Query(this.#source, [...this.#filters, filter], this.#order, this.#limit);
  }
}
