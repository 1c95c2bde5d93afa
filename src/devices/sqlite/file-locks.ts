/** How strongly a connection holds a database file (sqlite.org/lockingv3.html). */
export const LEVEL = { none: 0, shared: 1, reserved: 2, pending: 3, exclusive: 4 } as const;

/**
 * The locks of one database file, as SQLite's Unix file system takes them: many SHARED, beside them one RESERVED;
 * PENDING lets nobody new in, EXCLUSIVE is alone.
 */
export class FileLocks<Holder extends object> {
  readonly #levels = new Map<Holder, number>();

  /** Whether the holder has now, or had already, a lock of that level. */
  lock(holder: Holder, level: number): boolean {
    const held = this.#levels.get(holder) ?? LEVEL.none;
    if (held >= level) return true;
    const others = this.#strongest(holder);
    if (level === LEVEL.shared) {
      if (others >= LEVEL.pending) return false;
    } else if (level === LEVEL.reserved) {
      if (others >= LEVEL.reserved) return false;
    } else {
      if (others >= LEVEL.pending) return false;
      if (others > LEVEL.none) {
        // Stays in the door, so that readers who come after it cannot keep it out for ever.
        this.#levels.set(holder, LEVEL.pending);
        return false;
      }
    }
    this.#levels.set(holder, level);
    return true;
  }

  unlock(holder: Holder, level: number): void {
    if (level === LEVEL.none) this.#levels.delete(holder);
    else if ((this.#levels.get(holder) ?? LEVEL.none) > level) this.#levels.set(holder, level);
  }

  /** Whether anybody means to write. */
  reserved(): boolean {
    for (const level of this.#levels.values()) if (level >= LEVEL.reserved) return true;
    return false;
  }

  #strongest(except: Holder): number {
    let strongest: number = LEVEL.none;
    for (const [holder, level] of this.#levels) if (holder !== except && level > strongest) strongest = level;
    return strongest;
  }
}
