import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ResourceManager, type MonitoredTable } from '../../../src/systems/resource/index.ts';
import { resultOf } from '../../in-world.ts';

describe('an alert callback that gives up when its signal says so', () => {
  it.each(['close', 'time-out'])('after a %s has not failed', async (why) => {
    const told = await resultOf(async () => {
      const manager = new ResourceManager({ maxEntriesPerTable: 1, alertTimeoutMs: 50 });
      const failures: string[] = [];
      manager.on('failed', ({ code }) => failures.push(code));
      manager.registerAlertCallback((_alert, signal) => sleep(1_000, undefined, { signal }));
      manager.registerAlertCallback(async (_alert, signal) => {
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
        signal.throwIfAborted();
      });
      manager.monitorTable('t', new Set([1]));
      await sleep(10);
      if (why === 'time-out') await sleep(50);
      await manager.close();
      await sleep(10);
      return failures;
    });
    expect(told).toEqual(why === 'close' ? [] : ['alert-timeout', 'alert-timeout']);
  });
});

describe('a table that is none', () => {
  it.each([undefined, null, 5])('is refused: %s', async (table) => {
    const manager = new ResourceManager();
    const code = expect.objectContaining({ code: 'invalid-option' }) as Error;
    expect(() => manager.monitorTable('t', table as unknown as MonitoredTable)).toThrow(code);
    await manager.close();
  });
});
