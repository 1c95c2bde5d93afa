/** Provides a PostgreSQL to a hunt, once per heddle process: an existing server, or one of our own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { builtFile } from './built-file.ts';
import type { Address } from './cluster.ts';
import type { KeeperReply } from './keeper.ts';

/** What worker threads are told: where the database is that runs may use. */
export type Provided = Address | { readonly connectionString: string };

export type Provision =
  { readonly ok: true; readonly value: Provided } | { readonly ok: false; readonly reason: string };

/** Older ones lack what the device reads from their catalogues. */
const OLDEST = 140_000;

let keeper: ChildProcess | null = null;
let dropOurs: (() => Promise<void>) | null = null;

/**
 * @param environment `HEDDLE_POSTGRES_URL`: an existing server, in which a database is made for the time of the hunt.
 * `HEDDLE_POSTGRES=off`: none.
 */
export async function provide(environment: Readonly<Record<string, string | undefined>>): Promise<Provision> {
  const url = environment['HEDDLE_POSTGRES_URL'];
  if (environment['HEDDLE_POSTGRES'] === 'off') return { ok: false, reason: 'HEDDLE_POSTGRES is off' };
  try {
    return { ok: true, value: url === undefined || url === '' ? await embedded(environment) : await existing(url) };
  } catch (error) {
    await release();
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Stops the server, or drops the database. */
export async function release(): Promise<void> {
  const [drop, child] = [dropOurs, keeper];
  dropOurs = null;
  keeper = null;
  await drop?.();
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.ref();
  child.stdin!.end();
  await gone;
}

/** What a program of PostgreSQL's needs of our environment. */
const NEEDED = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];

async function embedded(environment: Readonly<Record<string, string | undefined>>): Promise<Address> {
  // A group of its own: Ctrl-C on a terminal goes to us, and we end its input.
  const child = spawn(process.execPath, [fileURLToPath(new URL(builtFile('keeper.js'), import.meta.url))], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    windowsHide: true,
  });
  keeper = child;
  child.unref();
  child.stdin.on('error', () => undefined);
  const needed = Object.fromEntries(NEEDED.map((name) => [name, environment[name]]));
  child.stdin.write(`${JSON.stringify({ from: fileURLToPath(import.meta.url), environment: needed })}\n`);
  const reply = await new Promise<KeeperReply>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`the process that keeps the server ended with code ${String(code)}`));
    });
    createInterface({ input: child.stdout }).once('line', (line) => {
      resolve(JSON.parse(line) as KeeperReply);
    });
  });
  if (!reply.ok) throw new Error(reply.reason);
  return reply.address;
}

async function existing(url: string): Promise<Provided> {
  const admin = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await admin.connect();
  const name = `heddle_${randomBytes(6).toString('hex')}`;
  try {
    const { rows } = await admin.query<{ server_version_num: string }>('SHOW server_version_num');
    if (Number(rows[0]!.server_version_num) < OLDEST) throw new Error('PostgreSQL 14 or later is needed');
    await admin.query(`CREATE DATABASE ${name}`);
  } finally {
    await admin.end();
  }
  const own = new URL(url);
  own.pathname = `/${name}`;
  dropOurs = async () => {
    const again = new pg.Client({ connectionString: url });
    await again.connect();
    await again.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).finally(() => again.end());
  };
  return { connectionString: own.href };
}
