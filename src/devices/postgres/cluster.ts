import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findBinaries, type Binaries } from './binaries.ts';
import { serverUser, type ServerUser } from './server-user.ts';

/** Where a server can be reached. */
export interface Address {
  /** A host, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** What a server is started with. */
export interface ClusterOrder {
  /** A module or folder from which the package with the programs is looked for. */
  readonly from: string;
  /** Environment of the programs: what they need of ours. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const run = promisify(execFile);

/** A Unix socket's path has 104 bytes on some systems. */
const LONGEST_FOLDER = 80;

/** How long the server may take to say that it is ready, real ms. */
const START_MS = 20_000;

/**
 * Durability is not what is tested with it. What would make a run depend on the machine is off: autovacuum, parallel
 * plans, just-in-time compilation. Deadlocks are found by the device, long before the server would look.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '128MB',
  shared_buffers: '32MB',
  max_connections: '200',
  autovacuum: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  deadlock_timeout: '10min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Only that it is ready, and why it is not: the errors of statements are its clients' business.
  log_min_messages: 'log',
  unix_socket_permissions: '0700',
};

/** A server of our own in a folder of its own: made, started, stopped and removed. */
export class Cluster {
  readonly #folder: string;
  #server: ChildProcess | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws Error whose message says why there can be none. */
  static async start(order: ClusterOrder): Promise<{ cluster: Cluster; address: Address }> {
    const binaries = findBinaries(order.from);
    if ('missing' in binaries) throw new Error(binaries.missing);
    const user = serverUser();
    if (user === null) throw new Error('it refuses to run as root, and no other user was found in /etc/passwd');
    const cluster = new Cluster(await mkdtemp(join(tmpdir(), 'heddle-postgres-')));
    try {
      return { cluster, address: await cluster.#start(binaries, user, order) };
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  async #start(binaries: Binaries, user: ServerUser | undefined, order: ClusterOrder): Promise<Address> {
    const folder = this.#folder;
    if (user !== undefined) await chown(folder, user.uid, user.gid);
    const { root, options } = await runnable(binaries, folder, user, order.environment);
    const program = (name: string): string => programIn(root, name);

    const data = join(folder, 'data');
    const password = randomBytes(16).toString('hex');
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
    const local = process.platform !== 'win32' && folder.length <= LONGEST_FOLDER;
    const address: Address = {
      host: local ? folder : '127.0.0.1',
      port: local ? 5432 : await freePort(),
      user: 'heddle',
      password,
      database: 'postgres',
    };
    const flags = ['-A', 'scram-sha-256', '-U', address.user, '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C'];
    await run(program('initdb'), ['-D', data, ...flags, '--no-sync', '--no-instructions'], options);

    const settings = {
      ...SETTINGS,
      port: String(address.port),
      listen_addresses: local ? '' : address.host,
      unix_socket_directories: local ? folder : '',
    };
    const values = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#server = spawn(program('postgres'), ['-D', data, ...values], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(this.#server);
    return address;
  }

  /** Stops the server at once, whatever it does, and removes its folder. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server !== null && server.exitCode === null && server.signalCode === null) {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      // Immediate shutdown: what is in the folder is of no further use. Who stands still would not hear of it.
      server.kill('SIGQUIT');
      for (const pid of await children(server.pid!)) continueProcess(pid);
      await gone;
    }
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

interface ProcessOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly windowsHide: true;
  readonly uid?: number;
  readonly gid?: number;
}

function programIn(root: string, name: string): string {
  return join(root, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/** The programs, or a copy of them where the server's user cannot reach them; and how they are to be started. */
async function runnable(
  binaries: Binaries,
  folder: string,
  user: ServerUser | undefined,
  environment: ClusterOrder['environment'],
): Promise<{ root: string; options: ProcessOptions }> {
  const whose = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const attempt = async (root: string, libraries: string): Promise<ProcessOptions> => {
    await link(binaries, root, libraries);
    const path = [libraries, join(root, 'lib')].join(delimiter);
    const env = { ...environment, LANG: 'C', TZ: 'UTC', LD_LIBRARY_PATH: path, DYLD_LIBRARY_PATH: path };
    const options: ProcessOptions = { ...whose, cwd: folder, env, windowsHide: true };
    await run(programIn(root, 'postgres'), ['--version'], options);
    return options;
  };
  try {
    return { root: binaries.root, options: await attempt(binaries.root, join(folder, 'libraries')) };
  } catch (error) {
    if (user === undefined) throw error;
  }
  const copy = join(folder, 'programs');
  await cp(binaries.root, copy, { recursive: true });
  return { root: copy, options: await attempt(copy, join(folder, 'copied-libraries')) };
}

/** Libraries under the names that the programs look for, where an install script has not made the links. */
async function link({ links }: Binaries, root: string, libraries: string): Promise<void> {
  await mkdir(libraries);
  for (const { source, target } of links) {
    await symlink(join(root, 'lib', basename(source)), join(libraries, basename(target)));
  }
}

/** Processes that the server has started, where the system tells. */
async function children(pid: number): Promise<number[]> {
  try {
    const list =
      process.platform === 'linux'
        ? await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
        : (await run('pgrep', ['-P', String(pid)])).stdout;
    return list.split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function continueProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It is gone.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => {
      reject(new Error(`the server was not ready within ${String(START_MS / 1000)} s`));
    }, START_MS);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    server.stderr!.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-2000);
      if (output.includes('ready to accept connections')) settle(resolve);
    });
    server.once('error', (error) => {
      settle(() => {
        reject(error);
      });
    });
    server.once('exit', () => {
      settle(() => {
        reject(new Error(`the server did not start: ${output.trim()}`));
      });
    });
  });
}
