import type { DiskFile } from './disk-file.ts';

/** A name that was given to a file, or taken away (null), and is not durable yet. */
export interface PendingEntry {
  readonly name: string;
  readonly file: DiskFile | null;
}

/** The names of files. A new file's bytes may be durable before its name is, and a deleted name may come back. */
export class Directory {
  readonly current: Map<string, DiskFile> = new Map();
  readonly durable: Map<string, DiskFile> = new Map();
  readonly pending: PendingEntry[] = [];

  constructor(files: Iterable<readonly [string, DiskFile]>) {
    for (const [name, file] of files) {
      this.current.set(name, file);
      this.durable.set(name, file);
    }
  }

  set(name: string, file: DiskFile | null): void {
    enter(this.current, { name, file });
    this.pending.push({ name, file });
  }

  sync(): void {
    for (const entry of this.pending) enter(this.durable, entry);
    this.pending.length = 0;
  }

  /** Makes durable that the file has this name, and nothing else. */
  keep(name: string, file: DiskFile): void {
    if (this.current.get(name) !== file || this.durable.get(name) === file) return;
    this.durable.set(name, file);
    const others = this.pending.filter((entry) => entry.name !== name);
    this.pending.splice(0, this.pending.length, ...others);
  }

  /** The entries that are left when the power fails and `survives` says which pending ones are among them. */
  survivors(survives: (entry: PendingEntry) => boolean): Map<string, DiskFile> {
    const entries = new Map(this.durable);
    for (const entry of this.pending) if (survives(entry)) enter(entries, entry);
    return entries;
  }
}

function enter(entries: Map<string, DiskFile>, { name, file }: PendingEntry): void {
  if (file === null) entries.delete(name);
  else entries.set(name, file);
}
