import { constants } from 'node:buffer';
import type { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { OutputCapture, WorkerPool } from '../../../src/systems/pool/index.ts';
import { TaskConfigs } from '../../../src/systems/pool/task-config.ts';

/** What cannot be made text. */
const bare = (): Error => Object.create(null) as Error;

describe('a pool', () => {
  it('has a task not started, and its place free, whatever spawn throws', async () => {
    const throwing = (() => {
      throw bare();
    }) as unknown as typeof spawn;
    const pool = new WorkerPool({ maxWorkers: 1, spawn: throwing });
    const { status, error } = await pool.run({ id: 'a', command: 'make' });
    expect([status, error instanceof Error, pool.size, pool.monitor.running]).toEqual(['not-started', true, 0, 0]);
    await pool.close();
  });

  it('stops a task whose registration fails, whatever that throws', async () => {
    const pool = new WorkerPool({ maxWorkers: 1 });
    const command = { id: 'a', command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
    const { status, error } = await pool.run(command, { register: () => Promise.reject(bare()) });
    expect([status, error instanceof Error]).toEqual(['not-registered', true]);
    await pool.close();
  });

  it('keeps no more output than fits into a string', () => {
    const refusal = expect.objectContaining({ name: 'PoolError', code: 'invalid-argument' }) as Error;
    const maxBytes = constants.MAX_STRING_LENGTH;
    expect(new OutputCapture({ maxBytes }).maxBytes).toBe(maxBytes);
    expect(() => new OutputCapture({ maxBytes: maxBytes + 1 })).toThrow(refusal);
    expect(() => new TaskConfigs({ maxOutputBytes: maxBytes + 1 })).toThrow(refusal);
    const spec = { id: 'a', command: 'make', maxOutputBytes: maxBytes + 1 };
    expect(() => new TaskConfigs({}).snapshot(spec)).toThrow(refusal);
  });
});
