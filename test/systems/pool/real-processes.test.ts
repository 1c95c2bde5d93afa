// The spawner and the pool with real processes of this machine. Nothing is timed: everything ends by events.

import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ProcessSpawner,
  WorkerPool,
  type PoolError,
  type ProcessEnd,
  type TaskSpec,
} from '../../../src/systems/pool/index.ts';

const node = (code: string): { command: string; args: string[] } => ({ command: process.execPath, args: ['-e', code] });
const STAYS = 'process.stdout.write("up"); setInterval(() => {}, 1e6)';
const DEAF = `process.on("SIGTERM", () => process.stdout.write("no")); ${STAYS}`;

/** Whether there is a process of this pid. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('ProcessSpawner', () => {
  const spawner = new ProcessSpawner({ killGraceMs: 50, drainMs: 50 });
  const run = (
    command: string,
    args: string[] = [],
  ): Promise<{ end: ProcessEnd; printed: string; order: string[]; pid: number }> =>
    new Promise((resolve) => {
      const order: string[] = [];
      let printed = '';
      const worker = spawner.start(
        { command, args },
        {
          output: (stream, chunk) => (printed += `${stream}:${String(chunk)}`),
          gone: () => order.push('gone'),
          ended: (end) => {
            order.push('ended');
            resolve({ end, printed, order, pid: worker.pid ?? 0 });
          },
        },
      );
    });

  afterEach(() => {
    expect(spawner.live).toBe(0);
  });

  it('tells of output, of the exit, and of the end of everything, once', async () => {
    const { end, printed, order, pid } = await run(process.execPath, ['-e', 'console.log(1); process.exitCode = 3']);
    expect(end).toEqual({ kind: 'exited', code: 3, signal: null, outputError: undefined });
    expect(printed).toBe('stdout:1\n');
    expect(order).toEqual(['gone', 'ended']);
    expect(exists(pid)).toBe(false);
  });

  it('tells of a process that can not be started as of any other end', async () => {
    const { end, order } = await run('no-such-command-anywhere');
    expect(end).toMatchObject({ kind: 'not-started', error: { code: 'ENOENT' } });
    expect(order).toEqual(['gone', 'ended']);
    const tooLong = await run(process.execPath, ['x'.repeat(4_000_000)]);
    expect(tooLong.end).toMatchObject({ kind: 'not-started', error: { code: 'E2BIG' } });
    expect(tooLong.order).toEqual(['gone', 'ended']);
  });

  it('does not wait for a process that holds the pipes', async () => {
    const { end } = await run('sh', ['-c', 'sleep 3 & exit 0']);
    expect(end).toMatchObject({ kind: 'exited', code: 0 });
  });

  it('stops a process whose output is not taken', async () => {
    const end = await new Promise((resolve) => {
      const output = (): never => {
        throw new Error('disk full');
      };
      spawner.start(node(STAYS), { output, ended: resolve });
    });
    expect(end).toMatchObject({ kind: 'exited', signal: 'SIGTERM', outputError: { message: 'disk full' } });
  });

  it('makes one end that takes no notice of SIGTERM', async () => {
    const end = await new Promise((resolve) => {
      const worker = spawner.start(node(DEAF), {
        output: () => {
          worker.stop();
        },
        ended: resolve,
      });
    });
    expect(end).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('when it is closed stops everything, and starts nothing any more', async () => {
    const own = new ProcessSpawner({ killGraceMs: 50 });
    const ends: ProcessEnd[] = [];
    const pids = [1, 2].map(() => own.start(node(STAYS), { ended: (end) => ends.push(end) }).pid!);
    await own.close();
    expect(ends.map((end) => end.kind)).toEqual(['exited', 'exited']);
    expect(pids.map(exists)).toEqual([false, false]);
    expect(() => own.start(node(''))).toThrow(expect.objectContaining({ code: 'closed' }) as PoolError);
    await own.close();
  });

  it.each([{ killGraceMs: 0 }, { drainMs: NaN }, { killGraceMs: 2 ** 31 }])('refuses %o', (options) => {
    expect(() => new ProcessSpawner(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }) as PoolError,
    );
  });
});

describe('WorkerPool', () => {
  const task = (id: string, code: string, more: Partial<TaskSpec> = {}): TaskSpec => ({ id, ...node(code), ...more });

  it('runs tasks, each with one outcome', async () => {
    const pool = new WorkerPool({ maxWorkers: 3 });
    const told: string[] = [];
    pool.on('ended', ({ taskId, status }) => told.push(`${taskId} ${status}`));
    const outcomes = await Promise.all([
      pool.run(task('a', 'process.stdout.write("é".repeat(10))', { maxOutputBytes: 5 })),
      pool.run(task('b', 'process.exit(2)')),
      pool.run({ id: 'c', command: 'no-such-command-anywhere' }),
    ]);
    expect(outcomes).toMatchObject([
      { taskId: 'a', status: 'completed', exitCode: 0, output: { stdout: 'éé', bytes: 4, truncated: true } },
      { taskId: 'b', status: 'failed', exitCode: 2 },
      { taskId: 'c', status: 'not-started', error: { code: 'ENOENT' } },
    ]);
    expect(told.sort()).toEqual(['a completed', 'b failed', 'c not-started']);
    expect([pool.monitor.running, pool.size]).toEqual([0, 0]);
    await pool.close();
  });

  it('stops what is killed, what is overdue, and what runs when it is closed', async () => {
    const pool = new WorkerPool({ maxWorkers: 3, killGraceMs: 50 });
    const killed = pool.run(task('killed', STAYS));
    const overdue = pool.run(task('overdue', STAYS, { timeoutMs: 1 }));
    const closed = pool.run(task('closed', DEAF));
    expect(pool.kill('killed')).toBe(true);
    expect(pool.kill('killed')).toBe(false);
    expect(pool.kill('nobody')).toBe(false);
    expect(await killed).toMatchObject({ status: 'killed', signal: 'SIGTERM' });
    expect(await overdue).toMatchObject({ status: 'timed-out' });
    await pool.close();
    expect(await closed).toMatchObject({ status: 'killed' });
    await expect(pool.run(task('late', ''))).rejects.toMatchObject({ name: 'PoolError', code: 'closed' });
  });

  it('refuses what it has no room for, and what runs already', async () => {
    const pool = new WorkerPool({ maxWorkers: 2, killGraceMs: 50 });
    const started = once(pool, 'started');
    const first = pool.run(task('a', STAYS));
    expect(await started).toEqual(['a', expect.any(Number)]);
    await expect(pool.run(task('a', STAYS))).rejects.toMatchObject({ code: 'task-running' });
    const second = pool.run(task('b', STAYS));
    await expect(pool.run(task('c', STAYS))).rejects.toMatchObject({ code: 'no-capacity' });
    await expect(pool.run(task('d', STAYS, { timeoutMs: -1 }))).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(pool.config('a')).toMatchObject({ id: 'a', timeoutMs: 30 * 60_000 });
    expect(pool.output('b')).toMatchObject({ truncated: false });
    expect([pool.config('c'), pool.output('c')]).toEqual([undefined, undefined]);
    await pool.close();
    expect(await Promise.all([first, second])).toMatchObject([{ status: 'killed' }, { status: 'killed' }]);
    expect(pool.closed).toBe(true);
  });

  it('stops what could not be registered', async () => {
    const pool = new WorkerPool({ maxWorkers: 1, killGraceMs: 50 });
    const register = (pid: number): Promise<never> => Promise.reject(new Error(`no room for ${pid > 0}`));
    expect(await pool.run(task('a', STAYS), { register })).toMatchObject({
      status: 'not-registered',
      error: { message: 'no room for true' },
    });
    expect(await pool.run(task('b', ''), { register: () => undefined })).toMatchObject({ status: 'completed' });
    await pool.close();
  });
});
