import { Randomness } from '../../kernel/randomness.ts';
import type { World } from '../../kernel/world.ts';
import { diskErrorCode } from '../disk/disk-error.ts';
import { DiskFile } from '../disk/disk-file.ts';
import type { Client } from './client.ts';
import { cText, memory, poke32, poke64, sqlite, type Pointer } from './library.ts';
import { OpenFile } from './open-file.ts';
import { CODE } from './result-codes.ts';

// The file system that SQLite runs on here: it does what SQLite's own one for Unix does (os_unix.c), on a Disk.

const OPEN = { create: 0x4, deleteOnClose: 0x8, journal: 0x800, superJournal: 0x4000, wal: 0x80000 } as const;
/** Writing some bytes changes no other ones, also when the power fails: what os_unix.c assumes of every device. */
const POWERSAFE_OVERWRITE = 0x1000;
const SECTOR_SIZE = 4096;
const LONGEST_NAME = 512;
/** Milliseconds from noon in Greenwich on November 24, 4714 B.C. to 1970. */
const JULIAN_EPOCH = 210_866_760_000_000;

/** Whose call SQLite is executing: it is synchronous, so there is one at most. */
let client: Client | null = null;
/** The run that SQLite's clock belongs to. */
let world: World | null = null;
/**
 * What SQLite's random numbers come from: the same in every run. They go into salts and checksums of journals, and into
 * `random()`; a choice of them would say nothing, and no search could try them all.
 */
let randomness = new Randomness(0);
/** What went wrong in the file system itself: a mistake of heddle's, never a result. */
let mistake: unknown = null;
/** The busy handler was asked: SQLite would wait here for a lock of somebody else's. */
let waits = false;

const open = new Map<Pointer, OpenFile>();

export function enterWorld(next: World): void {
  world = next;
  randomness = new Randomness(0);
}

/** Calls into SQLite on behalf of a connection. */
export function onBehalfOf<T>(whose: Client, call: () => T): { readonly value: T; readonly waits: boolean } {
  client = whose;
  waits = false;
  try {
    const value = call();
    if (mistake !== null) throw mistake instanceof Error ? mistake : new Error('mistake in the file system');
    return { value, waits };
  } finally {
    client = null;
    mistake = null;
  }
}

/** To be registered as busy handler: notes that SQLite would wait, and does not. */
export const busyHandler: Pointer = sqlite.wasm.installFunction('i(pi)', () => {
  waits = true;
  return 0;
});

/** Does a storage operation; what the disk refuses becomes a result code. */
function attempt(failure: number, perform: (whose: Client) => number): number {
  const whose = client;
  if (whose === null || whose.dead) return failure;
  try {
    return perform(whose);
  } catch (error) {
    const code = diskErrorCode(error);
    if (code === 'ENOSPC') return CODE.full;
    if (code === 'ECRASHED') whose.die();
    else if (code === null) mistake ??= error;
    return failure;
  }
}

function onFile(pointer: Pointer, failure: number, perform: (file: OpenFile, whose: Client) => number): number {
  return attempt(failure, (whose) => {
    const file = open.get(pointer);
    return file === undefined ? failure : perform(file, whose);
  });
}

const io = {
  xClose: (pointer: Pointer) => {
    const file = open.get(pointer);
    open.delete(pointer);
    if (file === undefined || file.client.dead) return CODE.ok;
    file.client.files.delete(file);
    file.locks.unlock(file, 0);
    if (!file.deleteOnClose || file.name === '') return CODE.ok;
    return attempt(CODE.ioClose, (whose) => {
      whose.disk.delete(whose, file.name);
      return CODE.ok;
    });
  },
  xRead: (pointer: Pointer, into: Pointer, size: number, offset: bigint) =>
    onFile(pointer, CODE.ioRead, ({ file }) => {
      const bytes = file.current.bytes.subarray(Number(offset), Number(offset) + size);
      memory().set(bytes, into);
      if (bytes.length === size) return CODE.ok;
      memory().fill(0, into + bytes.length, into + size);
      return CODE.ioShortRead;
    }),
  xWrite: (pointer: Pointer, from: Pointer, size: number, offset: bigint) =>
    onFile(pointer, CODE.ioWrite, ({ file, name }, whose) => {
      const bytes = memory().subarray(from, from + size);
      if (name === '') file.current.write(bytes, Number(offset));
      else whose.disk.write(whose, name, file, bytes, Number(offset));
      return CODE.ok;
    }),
  xTruncate: (pointer: Pointer, size: bigint) =>
    onFile(pointer, CODE.ioTruncate, ({ file, name }, whose) => {
      if (name === '') file.current.truncate(Number(size));
      else whose.disk.truncate(whose, name, file, Number(size));
      return CODE.ok;
    }),
  xSync: (pointer: Pointer) =>
    onFile(pointer, CODE.ioSync, (file, whose) => {
      if (file.name === '') return CODE.ok;
      whose.disk.sync(whose, file.name, file.file);
      if (file.syncsDirectory) {
        whose.disk.syncDirectory(whose);
        file.syncsDirectory = false;
      }
      return CODE.ok;
    }),
  xFileSize: (pointer: Pointer, into: Pointer) =>
    onFile(pointer, CODE.ioSize, ({ file }) => {
      poke64(into, BigInt(file.current.size));
      return CODE.ok;
    }),
  xLock: (pointer: Pointer, level: number) =>
    onFile(pointer, CODE.ioLock, (file) => (file.locks.lock(file, level) ? CODE.ok : CODE.busy)),
  xUnlock: (pointer: Pointer, level: number) =>
    onFile(pointer, CODE.ioUnlock, (file) => {
      file.locks.unlock(file, level);
      return CODE.ok;
    }),
  xCheckReservedLock: (pointer: Pointer, into: Pointer) =>
    onFile(pointer, CODE.ioLock, (file) => {
      poke32(into, file.locks.reserved() ? 1 : 0);
      return CODE.ok;
    }),
  xFileControl: () => CODE.notFound,
  xSectorSize: () => SECTOR_SIZE,
  xDeviceCharacteristics: () => POWERSAFE_OVERWRITE,
  xShmMap: (pointer: Pointer, index: number, size: number, extend: number, into: Pointer) =>
    onFile(pointer, CODE.ioShmMap, (file) => {
      poke32(into, file.sharedMemory().map(file, index, size, extend !== 0));
      return CODE.ok;
    }),
  xShmLock: (pointer: Pointer, first: number, count: number, flags: number) =>
    onFile(pointer, CODE.ioShmLock, (file) =>
      file.sharedMemory().lock(file, first, count, flags) ? CODE.ok : CODE.busy,
    ),
  xShmBarrier: () => undefined,
  xShmUnmap: (pointer: Pointer) =>
    onFile(pointer, CODE.ok, (file) => {
      file.memory?.unmap(file);
      file.memory = null;
      return CODE.ok;
    }),
};

function openFile(whose: Client, namePointer: Pointer, flags: number): OpenFile | null {
  const deleteOnClose = (flags & OPEN.deleteOnClose) !== 0;
  if (namePointer === 0) return new OpenFile(whose, '', new DiskFile(), { syncsDirectory: false, deleteOnClose });
  const name = cText(namePointer);
  const existing = whose.disk.file(name);
  if (existing === undefined && (flags & OPEN.create) === 0) return null;
  const file = existing ?? whose.disk.create(whose, name);
  // As os_unix.c: also a journal or WAL that was there before, whose name, or another's end, may not be durable yet.
  const isJournal = (flags & (OPEN.journal | OPEN.superJournal | OPEN.wal)) !== 0;
  const syncsDirectory = isJournal && (flags & OPEN.create) !== 0;
  return new OpenFile(whose, name, file, { syncsDirectory, deleteOnClose });
}

const methods = {
  xOpen: (_vfs: Pointer, name: Pointer, pointer: Pointer, flags: number, outFlags: Pointer) => {
    // No methods: SQLite need not close it.
    poke32(pointer, 0);
    return attempt(CODE.cantOpen, (whose) => {
      const file = openFile(whose, name, flags);
      if (file === null) return CODE.cantOpen;
      poke32(pointer, ioMethods.pointer);
      open.set(pointer, file);
      whose.files.add(file);
      if (outFlags !== 0) poke32(outFlags, flags);
      return CODE.ok;
    });
  },
  xDelete: (_vfs: Pointer, name: Pointer, syncDirectory: number) =>
    attempt(CODE.ioDelete, (whose) => {
      if (whose.disk.file(cText(name)) === undefined) return CODE.ioDeleteNothing;
      whose.disk.delete(whose, cText(name));
      if (syncDirectory !== 0) whose.disk.syncDirectory(whose);
      return CODE.ok;
    }),
  xAccess: (_vfs: Pointer, name: Pointer, _flags: number, into: Pointer) =>
    attempt(CODE.ioAccess, (whose) => {
      // An empty file counts for none, as in os_unix.c: an empty journal has nothing to say.
      poke32(into, (whose.disk.file(cText(name))?.current.size ?? 0) > 0 ? 1 : 0);
      return CODE.ok;
    }),
  xFullPathname: (_vfs: Pointer, name: Pointer, size: number, into: Pointer) => {
    const bytes = memory();
    const end = bytes.indexOf(0, name) + 1;
    if (end - name > size) return CODE.cantOpen;
    bytes.copyWithin(into, name, end);
    return CODE.ok;
  },
  xRandomness: (_vfs: Pointer, size: number, into: Pointer) => {
    const bytes = new Uint8Array(size);
    randomness.fill(bytes);
    memory().set(bytes, into);
    return size;
  },
  xSleep: (_vfs: Pointer, microseconds: number) => microseconds,
  xCurrentTimeInt64: (_vfs: Pointer, into: Pointer) => {
    const ms = world === null ? 0 : Math.floor(world.process.clock.wall(world.now));
    poke64(into, BigInt(JULIAN_EPOCH + ms));
    return CODE.ok;
  },
  xCurrentTime: (_vfs: Pointer, into: Pointer) => {
    const ms = world === null ? 0 : world.process.clock.wall(world.now);
    new DataView(memory().buffer).setFloat64(into, (JULIAN_EPOCH + ms) / 86_400_000, true);
    return CODE.ok;
  },
  xGetLastError: () => CODE.ok,
};

const { sqlite3_io_methods: IoMethods, sqlite3_vfs: Vfs, sqlite3_file: File } = sqlite.capi;
const ioMethods = new IoMethods();
ioMethods.$iVersion = 2;
const vfs = new Vfs();
vfs.$iVersion = 2;
vfs.$szOsFile = File.structInfo.sizeof;
vfs.$mxPathname = LONGEST_NAME;
// The default one: SQLite asks that one for randomness, whatever a connection uses.
sqlite.vfs.installVfs({
  io: { struct: ioMethods, methods: io },
  vfs: { struct: vfs, methods, name: 'heddle', asDefault: true },
});
