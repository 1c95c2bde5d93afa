import load from '@sqlite.org/sqlite-wasm';

/** A place in the memory of the WebAssembly instance; 0 is none. */
export type Pointer = number;

/** The functions of SQLite that heddle calls, as WebAssembly exports them: `j` arguments are bigints. */
export interface SqliteExports {
  sqlite3_open_v2(name: Pointer, into: Pointer, flags: number, vfs: Pointer): number;
  sqlite3_close_v2(db: Pointer): number;
  sqlite3_extended_result_codes(db: Pointer, on: number): number;
  sqlite3_extended_errcode(db: Pointer): number;
  sqlite3_errmsg(db: Pointer): Pointer;
  sqlite3_busy_handler(db: Pointer, handler: Pointer, argument: Pointer): number;
  sqlite3_get_autocommit(db: Pointer): number;
  sqlite3_total_changes(db: Pointer): number;
  sqlite3_prepare_v2(db: Pointer, sql: Pointer, bytes: number, into: Pointer, tail: Pointer): number;
  sqlite3_step(statement: Pointer): number;
  sqlite3_finalize(statement: Pointer): number;
  sqlite3_bind_null(statement: Pointer, index: number): number;
  sqlite3_bind_double(statement: Pointer, index: number, value: number): number;
  sqlite3_bind_int64(statement: Pointer, index: number, value: bigint): number;
  sqlite3_bind_text(statement: Pointer, index: number, text: Pointer, bytes: number, destructor: number): number;
  sqlite3_bind_blob(statement: Pointer, index: number, bytes: Pointer, size: number, destructor: number): number;
  sqlite3_bind_parameter_count(statement: Pointer): number;
  sqlite3_column_count(statement: Pointer): number;
  sqlite3_column_name(statement: Pointer, index: number): Pointer;
  sqlite3_column_type(statement: Pointer, index: number): number;
  sqlite3_column_int64(statement: Pointer, index: number): bigint;
  sqlite3_column_double(statement: Pointer, index: number): number;
  sqlite3_column_text(statement: Pointer, index: number): Pointer;
  sqlite3_column_blob(statement: Pointer, index: number): Pointer;
  sqlite3_column_bytes(statement: Pointer, index: number): number;
  sqlite3_randomness(bytes: number, into: Pointer): void;
}

/** One of SQLite's C structures, filled with JavaScript functions. */
interface Struct {
  readonly pointer: Pointer;
}

interface StructClass {
  new (pointer?: Pointer): Struct & Record<`$${string}`, number>;
  readonly structInfo: { readonly sizeof: number };
}

interface Library {
  readonly capi: {
    readonly sqlite3_io_methods: StructClass;
    readonly sqlite3_vfs: StructClass;
    readonly sqlite3_file: StructClass;
    sqlite3_js_rc_str(code: number): string | undefined;
  };
  readonly wasm: {
    readonly exports: SqliteExports;
    readonly memory: { readonly buffer: ArrayBuffer };
    alloc(bytes: number): Pointer;
    dealloc(pointer: Pointer): void;
    installFunction(signature: string, callback: (...args: never[]) => number): Pointer;
  };
  readonly vfs: {
    installVfs(what: {
      readonly io: { readonly struct: Struct; readonly methods: object };
      readonly vfs: {
        readonly struct: Struct;
        readonly methods: object;
        readonly name: string;
        readonly asDefault: boolean;
      };
    }): void;
  };
}

/**
 * The official build, one instance a thread. It loads asynchronously and runs are synchronous, so the module of whoever
 * imports this waits for it: only scenarios that use SQLite pay for it.
 */
export const sqlite: Library = (await (load as (options: object) => Promise<unknown>)({
  print: () => undefined,
  printErr: () => undefined,
})) as Library;

export const native: SqliteExports = sqlite.wasm.exports;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

let heap = new Uint8Array(0);
let view = new DataView(new ArrayBuffer(0));

/** The instance's memory. It is another one after the memory has grown: ask again after every call into SQLite. */
export function memory(): Uint8Array {
  const { buffer } = sqlite.wasm.memory;
  if (heap.buffer !== buffer) heap = new Uint8Array(buffer);
  return heap;
}

function words(): DataView {
  const { buffer } = sqlite.wasm.memory;
  if (view.buffer !== buffer) view = new DataView(buffer);
  return view;
}

export function peek32(pointer: Pointer): number {
  return words().getInt32(pointer, true);
}

export function poke32(pointer: Pointer, value: number): void {
  words().setInt32(pointer, value, true);
}

export function poke64(pointer: Pointer, value: bigint): void {
  words().setBigInt64(pointer, value, true);
}

/** Copies `bytes` into memory, with a 0 behind them; the caller frees it. */
export function place(bytes: Uint8Array): Pointer {
  const pointer = sqlite.wasm.alloc(bytes.length + 1);
  const bytesNow = memory();
  bytesNow.set(bytes, pointer);
  bytesNow[pointer + bytes.length] = 0;
  return pointer;
}

export function placeText(text: string): { readonly pointer: Pointer; readonly size: number } {
  const bytes = encoder.encode(text);
  return { pointer: place(bytes), size: bytes.length };
}

export function free(pointer: Pointer): void {
  sqlite.wasm.dealloc(pointer);
}

export function textOf(pointer: Pointer, size: number): string {
  return decoder.decode(memory().subarray(pointer, pointer + size));
}

/** The text up to its 0. */
export function cText(pointer: Pointer): string {
  const bytes = memory();
  return textOf(pointer, bytes.indexOf(0, pointer) - pointer);
}
