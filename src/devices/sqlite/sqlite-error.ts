import { sqlite } from './library.ts';

/** An error of SQLite's, in the shape that its drivers for Node give it. */
export class SqliteError extends Error {
  override readonly name: string = 'SqliteError';
  /** The extended result code by its name, such as `SQLITE_BUSY` or `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly code: string;
  /** The extended result code. */
  readonly errcode: number;

  constructor(errcode: number, message: string) {
    super(message);
    this.errcode = errcode;
    this.code = sqlite.capi.sqlite3_js_rc_str(errcode) ?? `SQLITE_${String(errcode)}`;
  }
}
