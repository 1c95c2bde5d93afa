/** The result codes of SQLite that a file system gives and a driver looks at (sqlite.org/rescode.html). */
export const CODE = {
  ok: 0,
  error: 1,
  busy: 5,
  full: 13,
  cantOpen: 14,
  notFound: 12,
  misuse: 21,
  row: 100,
  done: 101,
  ioRead: 266,
  ioShortRead: 522,
  ioWrite: 778,
  ioSync: 1034,
  ioDirectorySync: 1290,
  ioTruncate: 1546,
  ioSize: 1802,
  ioUnlock: 2058,
  ioDeleteNothing: 5898,
  ioLock: 3850,
  ioDelete: 2570,
  ioAccess: 3338,
  ioClose: 4106,
  ioShmOpen: 4618,
  ioShmLock: 5130,
  ioShmMap: 5386,
} as const;

/** The code without what it says in particular. */
export function primary(code: number): number {
  return code & 0xff;
}
