import type { DiskFile } from '../disk/disk-file.ts';
import type { Client } from './client.ts';
import { FileLocks } from './file-locks.ts';
import { SharedMemory } from './shared-memory.ts';

const locksOf = new WeakMap<DiskFile, FileLocks<OpenFile>>();
const memoryOf = new WeakMap<DiskFile, SharedMemory<OpenFile>>();

/** A file as one connection has it open. */
export class OpenFile {
  readonly client: Client;
  /** Empty for a temporary file, which is on no disk. */
  readonly name: string;
  readonly file: DiskFile;
  readonly locks: FileLocks<OpenFile>;
  readonly deleteOnClose: boolean;
  memory: SharedMemory<OpenFile> | null = null;
  /** Its first sync makes its name durable, too. */
  syncsDirectory: boolean;

  constructor(
    client: Client,
    name: string,
    file: DiskFile,
    options: { readonly syncsDirectory: boolean; readonly deleteOnClose: boolean },
  ) {
    this.client = client;
    this.name = name;
    this.file = file;
    this.syncsDirectory = options.syncsDirectory;
    this.deleteOnClose = options.deleteOnClose;
    this.locks = entry(locksOf, file, () => new FileLocks());
  }

  sharedMemory(): SharedMemory<OpenFile> {
    this.memory ??= entry(memoryOf, this.file, () => new SharedMemory());
    return this.memory;
  }
}

function entry<K extends object, V>(map: WeakMap<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
