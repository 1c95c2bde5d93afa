import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { provide, release } from '../../../src/devices/postgres/provider.ts';
import { repository } from '../../fixtures/repository.ts';
import { isOff } from './real-server.ts';

const environment = process.env;

describe('a PostgreSQL', () => {
  it('is not to be had where it is switched off', async () => {
    await expect(provide({ ...environment, HEDDLE_POSTGRES: 'off' })).resolves.toEqual({
      ok: false,
      reason: 'HEDDLE_POSTGRES is off',
    });
  });

  it('is not to be had where nobody listens', async () => {
    const url = 'postgres://nobody@127.0.0.1:9/nothing';
    const provision = await provide({ PATH: environment['PATH'], HEDDLE_POSTGRES_URL: url });
    expect(provision).toMatchObject({ ok: false, reason: expect.stringContaining('ECONNREFUSED') as string });
  });
});

describe.runIf(!isOff)('the embedded one', () => {
  it('serves as an existing server, too, in a database of its own that is dropped', async () => {
    const first = await provide(environment);
    if (!first.ok || 'connectionString' in first.value) throw new Error(JSON.stringify(first));
    const { host, port, user, password } = first.value;
    const url = `postgres://${user}:${password}@${encodeURIComponent(host)}:${port}/postgres`;
    const databases = async (): Promise<number> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_database WHERE datname LIKE 'heddle%'`,
      );
      await client.end();
      return rows[0]!.n;
    };
    // Another copy of the module: one heddle process has one server.
    const another = (await import(
      `${pathToFileURL(join(repository, 'dist/devices/postgres/provider.js')).href}?another`
    )) as typeof import('../../../src/devices/postgres/provider.ts');
    const second = await another.provide({ ...environment, HEDDLE_POSTGRES_URL: url });
    expect(second).toMatchObject({
      ok: true,
      value: { connectionString: expect.stringContaining('/heddle_') as string },
    });
    await expect(databases()).resolves.toBe(1);
    await another.release();
    await expect(databases()).resolves.toBe(0);
    await release();
    expect(existsSync(host)).toBe(false);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('does not outlive a process that dies by %s', async (signal) => {
    const module = JSON.stringify(pathToFileURL(join(repository, 'dist/devices/postgres/provider.js')).href);
    const program = `const { provide } = await import(${module}); console.log(JSON.stringify(await provide(process.env))); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
    const { value } = JSON.parse(line) as { value: { host: string } };
    expect(existsSync(value.host)).toBe(true);
    child.kill(signal);
    // The folder is the last that goes, after the server has.
    while (existsSync(value.host)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(value.host)).toBe(false);
  });
});
