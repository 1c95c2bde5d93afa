import type { SimProcess } from '../../kernel/process.ts';
import type { World } from '../../kernel/world.ts';
import { Directory } from './directory.ts';
import { DiskError } from './disk-error.ts';
import { DiskFile } from './disk-file.ts';
import { LOSSES, survivors, type Loss } from './survival.ts';

export type DiskFault = 'power loss' | 'io error' | 'disk full';

export interface DiskOptions {
  /**
   * What may go wrong, by choice, at any storage operation. `power loss`: every process that uses the disk dies, and
   * what was not synced is lost, kept or torn. `io error`: the operation fails. `disk full`: a write that would make its
   * file larger fails. Default: nothing; the crash of a process is declared with `sim.process`.
   */
  readonly faults?: readonly DiskFault[];
  /** How often each of them may strike in a run. Default 1. */
  readonly strikes?: number;
  /**
   * Whether the first sync of a new file makes its name durable, too, as ext4, XFS and Btrfs do. Without it only a sync
   * of the directory does: the least that POSIX promises. Default true.
   */
  readonly syncKeepsName?: boolean;
  /** What is on it at the start, by file name, durably. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** A change of what is on the disk. They are numbered from 1 in every run; each is a place for a fault. */
export interface StorageOperation {
  readonly number: number;
  readonly kind: 'create' | 'write' | 'truncate' | 'sync' | 'delete' | 'sync directory';
  readonly file: string;
  /** Of a write. */
  readonly offset?: number;
  readonly bytes?: number;
}

type Asked = Omit<StorageOperation, 'number'>;

/** Who asks for a storage operation: something that lives in a simulated process. */
export interface DiskUser {
  readonly process: Pick<SimProcess, 'alive' | 'mayCrash' | 'kill'>;
}

/** What the disk needs of the run beside its world. */
export interface DiskHost {
  readonly world: World;
  /** Something begins: fine, unless the scenario's shutdown has settled. */
  work(what: string): void;
}

/**
 * A disk with a flat directory. It keeps apart what readers see and what is durable: a file's bytes from its last sync
 * on, a name from the directory's last sync on. All methods are synchronous: a device that stands on it, such as
 * SQLite, performs them at the moment one of its events fires.
 */
export class Disk {
  readonly name: string;
  readonly host: DiskHost;
  /** What was done so far. */
  operations = 0;
  /** Told of every storage operation just before it is performed. */
  onOperation: ((operation: StorageOperation) => void) | null = null;
  #directory: Directory;
  readonly #faults: ReadonlySet<DiskFault>;
  readonly #syncKeepsName: boolean;
  readonly #left = new Map<DiskFault, number>();
  /** Processes of the machine that the disk is in, with what each has open. */
  readonly #users = new Map<DiskUser['process'], number>();

  constructor(name: string, host: DiskHost, options: DiskOptions = {}) {
    this.name = name;
    this.host = host;
    this.#faults = new Set(options.faults ?? []);
    for (const fault of this.#faults) this.#left.set(fault, options.strikes ?? 1);
    this.#syncKeepsName = options.syncKeepsName ?? true;
    this.#directory = directoryOf(Object.entries(options.files ?? {}));
  }

  // --- reading ---------------------------------------------------------------------------------------------------

  /** The file of that name, as it is now. */
  file(name: string): DiskFile | undefined {
    this.host.world.touch(`${this.name}/${name}`, false);
    return this.#directory.current.get(name);
  }

  /** A disk with the same files, for the one look that is taken before anything changes here. */
  twin(): Disk {
    this.#touchAll();
    const files = [...this.#directory.current].map(([name, file]) => [name, file.current.bytes] as const);
    return new Disk(`twin of ${this.name}`, this.host, { files: Object.fromEntries(files) });
  }

  /** Copies of all files, as readers see them: what a crash of every process would leave. */
  image(): Map<string, Uint8Array> {
    this.#touchAll();
    const files = [...this.#directory.current].sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(files.map(([name, file]) => [name, file.current.bytes.slice()]));
  }

  // --- storage operations ------------------------------------------------------------------------------------------

  create(user: DiskUser, name: string): DiskFile {
    this.#perform(user, { kind: 'create', file: name });
    const file = new DiskFile();
    this.#directory.set(name, file);
    return file;
  }

  write(user: DiskUser, name: string, file: DiskFile, bytes: Uint8Array, offset: number): void {
    const grows = offset + bytes.length > file.current.size;
    this.#perform(user, { kind: 'write', file: name, offset, bytes: bytes.length }, grows);
    file.change({ kind: 'write', offset, bytes: bytes.slice() });
  }

  truncate(user: DiskUser, name: string, file: DiskFile, size: number): void {
    this.#perform(user, { kind: 'truncate', file: name });
    file.change({ kind: 'truncate', size });
  }

  sync(user: DiskUser, name: string, file: DiskFile): void {
    this.#perform(user, { kind: 'sync', file: name });
    file.sync();
    if (this.#syncKeepsName) this.#directory.keep(name, file);
  }

  delete(user: DiskUser, name: string): void {
    this.#perform(user, { kind: 'delete', file: name });
    this.#directory.set(name, null);
  }

  syncDirectory(user: DiskUser): void {
    this.#perform(user, { kind: 'sync directory', file: '.' });
    this.#directory.sync();
  }

  // --- faults ------------------------------------------------------------------------------------------------------

  /** The process, which dies with the power from now on, opened something here. */
  opened({ process }: DiskUser): void {
    this.#users.set(process, (this.#users.get(process) ?? 0) + 1);
  }

  closed({ process }: DiskUser): void {
    this.#users.set(process, (this.#users.get(process) ?? 1) - 1);
  }

  /**
   * A place after a piece of work, where the power may fail a little later: when its result is known, and before
   * anything else is done.
   */
  quiet(after: string): void {
    if (!this.#mayLosePower()) return;
    const { world } = this.host;
    const key = `power loss of ${this.name} after ${after}`;
    const pick = world.fault({ key, kind: 'power loss', options: LOSSES });
    if (pick === 0) return;
    this.#took('power loss');
    world.deliver('fault', `power loss of ${this.name}`, world.processes[0]!, world.tasks[0]!, [0, 1], () => {
      if (!this.#isWatched()) this.losePower(LOSSES[pick - 1]!);
    });
  }

  /** Cuts the power now: every process that uses the disk dies, and so do unsynced changes, as `loss` says. */
  losePower(loss: Loss): void {
    const { world } = this.host;
    for (const process of this.#users.keys()) process.kill?.();
    this.#users.clear();
    const images = survivors(this.#directory, loss, {
      choose: (place, options) => world.fault({ key: `power loss: ${place}`, kind: 'unsynced', options }),
      below: (n) => Math.floor(world.randomness.random() * n),
    });
    this.#directory = directoryOf(images);
  }

  /** Counts the operation and asks whether a fault strikes; throws a DiskError where it must not happen. */
  #perform(user: DiskUser, asked: Asked, grows = false): void {
    const place = `${asked.kind} ${asked.file}`;
    const needLife = (): void => {
      if (!user.process.alive) throw new DiskError('ECRASHED', place);
    };
    needLife();
    this.operations += 1;
    this.#touch(asked);
    this.onOperation?.({ number: this.operations, ...asked });
    user.process.mayCrash?.(place);
    needLife();
    if (this.#mayLosePower()) {
      const key = `power loss of ${this.name} at ${place}`;
      const pick = this.host.world.fault({ key, kind: 'power loss', options: LOSSES });
      if (pick > 0) {
        this.#took('power loss');
        this.losePower(LOSSES[pick - 1]!);
        needLife();
      }
    }
    if (this.#strikes('io error', place)) throw new DiskError('EIO', place);
    if (grows && this.#strikes('disk full', place)) throw new DiskError('ENOSPC', place);
  }

  /** Somebody looks at all files. */
  #touchAll(): void {
    const { world } = this.host;
    world.touch(`${this.name}/.`, false);
    for (const file of this.#directory.current.keys()) world.touch(`${this.name}/${file}`, false);
  }

  #touch({ kind, file }: Asked): void {
    const { world } = this.host;
    world.touch(`${this.name}/${file}`, true);
    if (kind === 'create' || kind === 'delete') world.touch(`${this.name}/.`, true);
    // Faults, and who looks on, go by the order of operations.
    if (this.onOperation !== null || this.#faults.size > 0) world.touch(this.name, true);
  }

  #mayLosePower(): boolean {
    return (this.#left.get('power loss') ?? 0) > 0 && !this.#isWatched();
  }

  /** The scenario itself runs in the main process: nothing can kill it, so the power holds while it has something open. */
  #isWatched(): boolean {
    for (const [process, open] of this.#users) if (process.alive && process.kill === null && open > 0) return true;
    return false;
  }

  #strikes(fault: DiskFault, place: string): boolean {
    if ((this.#left.get(fault) ?? 0) === 0) return false;
    if (this.host.world.fault({ key: `${fault} at ${place}`, kind: fault, options: [fault] }) === 0) return false;
    this.#took(fault);
    return true;
  }

  #took(fault: DiskFault): void {
    this.#left.set(fault, this.#left.get(fault)! - 1);
  }
}

function directoryOf(files: Iterable<readonly [string, Uint8Array]>): Directory {
  return new Directory([...files].map(([name, bytes]) => [name, new DiskFile(bytes)] as const));
}
