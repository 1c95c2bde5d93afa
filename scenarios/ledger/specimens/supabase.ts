/**
 * What the document's code calls of its Supabase client, over a connection to PostgreSQL: `rpc` and the four verbs of a
 * table. As with the real one a call is one statement in a transaction of its own, arguments travel as JSON (`NaN` arrives
 * as NULL), numbers come back as numbers, and an error is a value and is not thrown.
 */
export interface SupabaseError {
  readonly message: string;
  readonly code?: string;
}

export interface SupabaseResult<T> {
  readonly data: T | null;
  readonly error: SupabaseError | null;
}

type Row = Record<string, unknown>;

/** The end of a chain: `await` sends it. */
export interface Filtered<T> extends PromiseLike<SupabaseResult<T>> {
  eq(column: string, value: unknown): Filtered<T>;
  gte(column: string, value: unknown): Filtered<T>;
}

export interface SupabaseTable {
  select(columns: string): Filtered<Row[]>;
  insert(row: Row): Filtered<null>;
  update(values: Row): Filtered<null>;
  delete(): Filtered<null>;
}

export interface SupabaseClient {
  rpc(name: string, args: Row): Promise<SupabaseResult<Row[]>>;
  from(table: string): SupabaseTable;
}

interface Queryable {
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

export function createClient(database: Queryable): SupabaseClient {
  const send = async (text: string, values: unknown[]): Promise<SupabaseResult<Row[]>> => {
    try {
      const { rows } = await database.query(text, values);
      return { data: rows.map(asJson), error: null };
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      return { data: null, error: { message, ...(code === undefined ? {} : { code }) } };
    }
  };
  const filtered = (text: string, values: unknown[], conditions: string[]): Filtered<never> => {
    const and = (column: string, operator: string, value: unknown): Filtered<never> => {
      const condition = `${column} ${operator} $${String(values.length + 1)}`;
      return filtered(text, [...values, overTheWire(value)], [...conditions, condition]);
    };
    return {
      eq: (column, value) => and(column, '=', value),
      gte: (column, value) => and(column, '>=', value),
      then: (resolve, reject) => {
        const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
        return send(text + where, values).then(resolve as never, reject);
      },
    };
  };
  return {
    rpc: (name, args) => {
      const names = Object.keys(args).filter((key) => args[key] !== undefined);
      const list = names.map((key, index) => `${key} => $${String(index + 1)}`).join(', ');
      return send(
        `SELECT * FROM ${name}(${list})`,
        names.map((key) => overTheWire(args[key])),
      );
    },
    from: (table) => ({
      select: (columns) => filtered(`SELECT ${columns} FROM ${table}`, [], []),
      insert: (row) => {
        const names = Object.keys(row);
        const places = names.map((_, index) => `$${String(index + 1)}`);
        const values = names.map((key) => overTheWire(row[key]));
        return filtered(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places.join(', ')})`, values, []);
      },
      update: (row) => {
        const names = Object.keys(row);
        const sets = names.map((key, index) => `${key} = $${String(index + 1)}`);
        const values = names.map((key) => overTheWire(row[key]));
        return filtered(`UPDATE ${table} SET ${sets.join(', ')}`, values, []);
      },
      delete: () => filtered(`DELETE FROM ${table}`, [], []),
    }),
  };
}

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null)) as unknown;
}

function asJson(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
    ]),
  );
}
