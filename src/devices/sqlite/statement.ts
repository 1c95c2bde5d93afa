import { cText, free, memory, native, peek32, place, placeText, textOf, type Pointer } from './library.ts';
import { CODE } from './result-codes.ts';
import { SqliteError } from './sqlite-error.ts';

/** A value of a parameter or a column. */
export type SqliteValue = null | number | bigint | string | Uint8Array;
/** One row, by column name. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

export interface StatementResult {
  readonly rows: readonly SqliteRow[];
  /** Rows that it inserted, updated or deleted, those of its triggers included. */
  readonly changes: number;
  /** What follows the statement in the text. */
  readonly tail: string;
}

/** `SQLITE_TRANSIENT`: SQLite makes its own copy. */
const COPY = -1;
const TYPE = { integer: 1, float: 2, text: 3, blob: 4 } as const;

export function errorOf(db: Pointer): SqliteError {
  return new SqliteError(native.sqlite3_extended_errcode(db), cText(native.sqlite3_errmsg(db)));
}

/**
 * Executes the first statement of `sql` to its end. Throws an SqliteError; a RangeError, before anything has happened,
 * when the number of values is wrong or `sql` should have been one statement as a `whole` and is not.
 */
export function execute(
  db: Pointer,
  sql: string,
  params: readonly SqliteValue[],
  part: 'whole' | 'first',
): StatementResult {
  const { pointer: text, size } = placeText(sql);
  const out = place(new Uint8Array(8));
  let statement: Pointer = 0;
  try {
    check(db, native.sqlite3_prepare_v2(db, text, size, out, out + 4));
    statement = peek32(out);
    const end = peek32(out + 4);
    const rest = text + size - end;
    if (part === 'whole' && rest > 0 && !isBlank(db, end, rest, out)) {
      throw new RangeError(`one statement at a time, this is more: ${sql}`);
    }
    const tail = textOf(end, rest);
    // Nothing but blanks and comments.
    if (statement === 0) return { rows: [], changes: 0, tail: '' };
    bind(db, statement, params);
    const before = native.sqlite3_total_changes(db);
    const rows = rowsOf(db, statement);
    return { rows, changes: native.sqlite3_total_changes(db) - before, tail };
  } finally {
    if (statement !== 0) native.sqlite3_finalize(statement);
    free(out);
    free(text);
  }
}

/** Whether there are only blanks, comments and semicolons. */
function isBlank(db: Pointer, text: Pointer, size: number, out: Pointer): boolean {
  const code = native.sqlite3_prepare_v2(db, text, size, out, 0);
  const statement = peek32(out);
  if (statement !== 0) native.sqlite3_finalize(statement);
  return code === CODE.ok && statement === 0;
}

function check(db: Pointer, code: number): void {
  if (code !== CODE.ok) throw errorOf(db);
}

function bind(db: Pointer, statement: Pointer, params: readonly SqliteValue[]): void {
  const expected = native.sqlite3_bind_parameter_count(statement);
  if (expected !== params.length) {
    throw new RangeError(
      `the statement has ${String(expected)} parameters, ${String(params.length)} values were given`,
    );
  }
  params.forEach((value, i) => {
    check(db, bindOne(statement, i + 1, value));
  });
}

function bindOne(statement: Pointer, index: number, value: SqliteValue): number {
  if (value === null) return native.sqlite3_bind_null(statement, index);
  if (typeof value === 'bigint') return native.sqlite3_bind_int64(statement, index, value);
  if (typeof value === 'number') {
    return Number.isSafeInteger(value)
      ? native.sqlite3_bind_int64(statement, index, BigInt(value))
      : native.sqlite3_bind_double(statement, index, value);
  }
  if (typeof value === 'string') {
    const { pointer, size } = placeText(value);
    const code = native.sqlite3_bind_text(statement, index, pointer, size, COPY);
    free(pointer);
    return code;
  }
  const pointer = place(value);
  const code = native.sqlite3_bind_blob(statement, index, pointer, value.length, COPY);
  free(pointer);
  return code;
}

function rowsOf(db: Pointer, statement: Pointer): SqliteRow[] {
  const rows: SqliteRow[] = [];
  let names: string[] | null = null;
  for (;;) {
    const code = native.sqlite3_step(statement);
    if (code === CODE.done) return rows;
    if (code !== CODE.row) throw errorOf(db);
    names ??= Array.from({ length: native.sqlite3_column_count(statement) }, (_, i) =>
      cText(native.sqlite3_column_name(statement, i)),
    );
    rows.push(Object.fromEntries(names.map((name, i) => [name, column(statement, i)])));
  }
}

function column(statement: Pointer, index: number): SqliteValue {
  switch (native.sqlite3_column_type(statement, index)) {
    case TYPE.integer: {
      const value = native.sqlite3_column_int64(statement, index);
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
    case TYPE.float:
      return native.sqlite3_column_double(statement, index);
    case TYPE.text: {
      const pointer = native.sqlite3_column_text(statement, index);
      return textOf(pointer, native.sqlite3_column_bytes(statement, index));
    }
    case TYPE.blob: {
      const pointer = native.sqlite3_column_blob(statement, index);
      return memory().slice(pointer, pointer + native.sqlite3_column_bytes(statement, index));
    }
    default:
      return null;
  }
}
