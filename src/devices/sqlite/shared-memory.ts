import { free, memory, sqlite, type Pointer } from './library.ts';

/** Not among the constants that the build exports. */
const SHM = { unlock: 1, lock: 2, shared: 4, exclusive: 8 } as const;

const SLOTS = 8;

interface Region {
  readonly pointer: Pointer;
  readonly size: number;
}

/**
 * The index of a write-ahead log, which the connections of one database file share. All connections live in one
 * WebAssembly instance, so that memory is simply shared; what is kept here besides is who has which of its eight locks.
 */
export class SharedMemory<Holder extends object> {
  readonly #regions: Region[] = [];
  readonly #holders = new Set<Holder>();
  readonly #shared: Set<Holder>[] = Array.from({ length: SLOTS }, () => new Set<Holder>());
  readonly #exclusive: (Holder | undefined)[] = [];

  /** The place of a region; 0 if there is none yet and none is wanted. */
  map(holder: Holder, index: number, size: number, extend: boolean): Pointer {
    this.#holders.add(holder);
    while (extend && this.#regions.length <= index) {
      const pointer = sqlite.wasm.alloc(size);
      memory().fill(0, pointer, pointer + size);
      this.#regions.push({ pointer, size });
    }
    return this.#regions[index]?.pointer ?? 0;
  }

  /** Whether the locks were taken or given back. */
  lock(holder: Holder, first: number, count: number, flags: number): boolean {
    const end = first + count;
    if ((flags & SHM.unlock) !== 0) {
      for (let slot = first; slot < end; slot += 1) this.#unlock(holder, slot);
      return true;
    }
    const exclusive = (flags & SHM.exclusive) !== 0;
    for (let slot = first; slot < end; slot += 1) {
      const owner = this.#exclusive[slot];
      if (owner !== undefined && owner !== holder) return false;
      if (!exclusive) continue;
      for (const other of this.#shared[slot]!) if (other !== holder) return false;
    }
    for (let slot = first; slot < end; slot += 1) {
      if (exclusive) this.#exclusive[slot] = holder;
      else this.#shared[slot]!.add(holder);
    }
    return true;
  }

  #unlock(holder: Holder, slot: number): void {
    if (this.#exclusive[slot] === holder) this.#exclusive[slot] = undefined;
    this.#shared[slot]!.delete(holder);
  }

  unlockAll(holder: Holder): void {
    for (let slot = 0; slot < SLOTS; slot += 1) this.#unlock(holder, slot);
  }

  /** The holder needs it no more; what nobody needs is gone, and the next one builds it anew from the log. */
  unmap(holder: Holder): void {
    this.unlockAll(holder);
    this.#holders.delete(holder);
    if (this.#holders.size > 0) return;
    for (const { pointer } of this.#regions) free(pointer);
    this.#regions.length = 0;
  }

  /** Remembers its content; the result puts it back. What a dead process still does to it must leave no trace. */
  freeze(): () => void {
    const contents = this.#regions.map(({ pointer, size }) => ({
      pointer,
      bytes: memory().slice(pointer, pointer + size),
    }));
    return () => {
      for (const { pointer, bytes } of contents) memory().set(bytes, pointer);
    };
  }
}
