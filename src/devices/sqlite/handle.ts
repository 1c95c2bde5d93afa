import type { World } from '../../kernel/world.ts';
import type { Client } from './client.ts';
import { free, native, peek32, place, placeText, type Pointer } from './library.ts';
import { CODE } from './result-codes.ts';
import { SqliteError } from './sqlite-error.ts';
import { errorOf, execute, type SqliteValue, type StatementResult } from './statement.ts';
import { busyHandler, enterWorld, onBehalfOf } from './vfs.ts';

/** `READWRITE | CREATE`. */
const OPEN_FLAGS = 0x6;

/** Everything that is open in this thread. */
const handles = new Set<Handle>();
let current: World | null = null;

/** How a call into SQLite ended. `died`: its process crashed meanwhile, and so nobody learns how. */
export type Outcome =
  | { readonly kind: 'done'; readonly value: StatementResult }
  | { readonly kind: 'failed'; readonly error: unknown; readonly waits: boolean }
  | { readonly kind: 'died' };

/** What a run leaves behind ends with it: connections, and what SQLite's random numbers hang on. */
function arrive(world: World): void {
  if (current !== world) {
    for (const handle of handles) handle.bury();
    current = world;
    enterWorld(world);
    native.sqlite3_randomness(0, 0);
  }
  for (const handle of handles) if (!handle.client.process.alive) handle.bury();
}

/** One connection of SQLite's, used synchronously. Its process may die within any call. */
export class Handle {
  readonly client: Client;
  readonly #file: string;
  #db: Pointer = 0;

  constructor(client: Client, file: string) {
    this.client = client;
    this.#file = file;
  }

  get inTransaction(): boolean {
    return this.#db !== 0 && native.sqlite3_get_autocommit(this.#db) === 0;
  }

  /** Opens the file; nothing on the disk is touched yet. */
  open(): void {
    arrive(this.client.disk.host.world);
    handles.add(this);
    const { pointer: name } = placeText(this.#file);
    const out = place(new Uint8Array(4));
    const { value: code } = onBehalfOf(this.client, () => native.sqlite3_open_v2(name, out, OPEN_FLAGS, 0));
    this.#db = peek32(out);
    free(out);
    free(name);
    if (code !== CODE.ok) throw new SqliteError(code, `unable to open ${this.#file}`);
    native.sqlite3_extended_result_codes(this.#db, 1);
    native.sqlite3_busy_handler(this.#db, busyHandler, 0);
  }

  execute(sql: string, params: readonly SqliteValue[], part: 'whole' | 'first'): Outcome {
    arrive(this.client.disk.host.world);
    let failure: { readonly error: unknown } | null = null;
    const { value, waits } = onBehalfOf(this.client, () => {
      try {
        return execute(this.#db, sql, params, part);
      } catch (error) {
        failure = { error };
        return null;
      }
    });
    if (this.client.dead) {
      this.bury();
      return { kind: 'died' };
    }
    if (value === null) return { kind: 'failed', error: (failure as unknown as { error: unknown }).error, waits };
    return { kind: 'done', value };
  }

  /** Closes it: rolls back what is open. Returns false if the process died of it. */
  close(): boolean {
    arrive(this.client.disk.host.world);
    const { value: code } = onBehalfOf(this.client, () => native.sqlite3_close_v2(this.#db));
    if (this.client.dead) {
      this.#db = 0;
      this.bury();
      return false;
    }
    const error = code === CODE.ok ? null : errorOf(this.#db);
    this.#db = 0;
    handles.delete(this);
    if (error !== null) throw error;
    return true;
  }

  /** Frees what SQLite holds for a dead process, without effect on anything else. */
  bury(): void {
    const { client } = this;
    client.die();
    handles.delete(this);
    if (this.#db !== 0) onBehalfOf(client, () => native.sqlite3_close_v2(this.#db));
    this.#db = 0;
    client.buried();
  }
}
