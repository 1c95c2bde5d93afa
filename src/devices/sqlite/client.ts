import type { Disk, DiskUser } from '../disk/disk.ts';
import type { OpenFile } from './open-file.ts';

/** On whose behalf SQLite calls its file system: one connection. */
export class Client implements DiskUser {
  readonly disk: Disk;
  readonly process: DiskUser['process'];
  readonly files: Set<OpenFile> = new Set();
  /** Its process is gone: whatever SQLite still asks for is refused and has no effect. */
  dead = false;
  #thaw: (() => void)[] = [];

  constructor(disk: Disk, process: Client['process']) {
    this.disk = disk;
    this.process = process;
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    for (const file of this.files) {
      if (file.memory !== null) this.#thaw.push(file.memory.freeze());
      file.locks.unlock(file, 0);
      file.memory?.unlockAll(file);
    }
  }

  /** SQLite has let go of what it had: what others share is put back to what it was at the death. */
  buried(): void {
    for (const thaw of this.#thaw) thaw();
    this.#thaw = [];
    for (const file of this.files) file.memory?.unmap(file);
    this.files.clear();
  }
}
