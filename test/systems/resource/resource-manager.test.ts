import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResourceManager, type ResourceError } from '../../../src/systems/resource/index.ts';
import { resultOf } from '../../in-world.ts';

describe('the resource manager', () => {
  it('has the back-pressure that the usage makes, after every measurement, up and down', async () => {
    const step = fc.record({ table: fc.constantFrom('a', 'b', 'c'), size: fc.nat(12), memory: fc.nat(110) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        let bytes = 0;
        const manager = new ResourceManager({
          maxEntriesPerTable: 10,
          maxEntries: 20,
          maxMemoryBytes: 100,
          measureMemory: () => bytes,
        });
        const tables = new Map<string, { size: number }>();
        for (const { table, size, memory } of steps) {
          bytes = memory;
          const known = tables.get(table);
          if (known === undefined) {
            tables.set(table, { size });
            manager.monitorTable(table, tables.get(table)!);
          } else {
            known.size = size;
            const refused = manager.admit();
            expect(refused.ok).toBe(manager.backpressure !== 'severe');
          }
          const sizes = [...tables.values()].map((each) => each.size);
          const total = sizes.reduce((sum, each) => sum + each, 0);
          const share = Math.max(...sizes.map((each) => each / 10), total / 20, bytes / 100);
          expect(manager.usage).toMatchObject({ totalEntries: total, memoryBytes: bytes, ratio: share });
          expect(manager.backpressure).toBe(share >= 1 ? 'severe' : share >= 0.8 ? 'moderate' : 'normal');
        }
        await manager.close();
      }),
    );
  });

  it('measures by itself, and no longer once it is closed', async () => {
    const seen = await resultOf(async (world) => {
      const table = new Set([1]);
      const manager = new ResourceManager({ maxEntriesPerTable: 2, measureEveryMs: 100 });
      manager.monitorTable('t', table);
      const states = [manager.backpressure as string];
      table.add(2);
      await sleep(101);
      states.push(manager.backpressure);
      table.clear();
      await sleep(101);
      states.push(manager.backpressure);
      await manager.close();
      expect(() => manager.admit()).toThrow(expect.objectContaining({ code: 'closed' }));
      expect(() => manager.monitorTable('t', table)).toThrow(expect.objectContaining({ code: 'closed' }));
      return [...states, [...world.armedTimers()].length];
    });
    expect(seen).toEqual(['normal', 'severe', 'normal', 0]);
  });

  it('forgets a table that is monitored no longer', async () => {
    const manager = new ResourceManager({ maxEntriesPerTable: 1 });
    manager.monitorTable('t', { size: 1 });
    expect(manager.backpressure).toBe('severe');
    expect([manager.unmonitorTable('t'), manager.unmonitorTable('t')]).toEqual([true, false]);
    expect([manager.backpressure, manager.usage.tables]).toEqual(['normal', {}]);
    await manager.close();
  });

  it('goes on with the last known size where a table cannot be measured, and tells it', async () => {
    const manager = new ResourceManager({ maxEntriesPerTable: 10 });
    const errors: ResourceError[] = [];
    manager.on('failed', (error) => errors.push(error));
    let broken = false;
    manager.monitorTable('broken', {
      get size() {
        if (broken) throw new Error('table is gone');
        return 5;
      },
    });
    broken = true;
    manager.monitorTable('other', { size: 8 });
    expect(manager.usage.tables).toEqual({ broken: 5, other: 8 });
    expect(manager.backpressure).toBe('moderate');
    expect(errors).toEqual([expect.objectContaining({ code: 'measure-failed' })]);
    expect(errors[0]!.cause).toEqual(new Error('table is gone'));
    await manager.close();
  });

  it('refuses nonsense', async () => {
    for (const options of [
      { maxEntries: 0 },
      { maxEntriesPerTable: NaN },
      { maxMemoryBytes: -1 },
      { alertThreshold: 0 },
      { alertThreshold: 1.1 },
      { alertTimeoutMs: 0 },
    ]) {
      expect(() => new ResourceManager(options)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    }
    const manager = new ResourceManager();
    expect(() => manager.monitorTable('t', { size: NaN })).toThrow('table.size to be a number >= 0');
    expect(() => manager.monitorTable('', { size: 1 })).toThrow('name to be a non-empty string');
    expect(() => manager.registerAlertCallback('callback' as never)).toThrow('the alert callback to be a function');
    await manager.close();
  });
});

describe('alerts', () => {
  it('come after the call that caused them, with the change and the usage', async () => {
    const manager = new ResourceManager({ maxEntriesPerTable: 10 });
    const told: unknown[] = [];
    const unregister = manager.registerAlertCallback(({ from, to, usage }) => told.push([from, to, usage.ratio]));
    manager.monitorTable('t', { size: 8 });
    expect(told).toEqual([]);
    await Promise.resolve();
    manager.monitorTable('t', { size: 8 });
    await Promise.resolve();
    expect(told).toEqual([['normal', 'moderate', 0.8]]);
    manager.monitorTable('t', { size: 10 });
    unregister();
    await Promise.resolve();
    expect(told).toHaveLength(1);
    await manager.close();
  });

  it('of a callback that is busy are told as one when it is done, if there is still something to tell', async () => {
    const told = await resultOf(async () => {
      const manager = new ResourceManager({ maxEntriesPerTable: 10 });
      const seen: string[] = [];
      manager.registerAlertCallback(async ({ from, to }) => {
        seen.push(`${from} to ${to}`);
        await sleep(100);
      });
      for (const size of [8, 10, 0, 10, 8, 10, 8]) {
        manager.monitorTable('t', { size });
        await sleep(20);
      }
      await sleep(300);
      await manager.close();
      return seen;
    });
    expect(told).toEqual(['normal to moderate', 'moderate to severe', 'severe to moderate']);
  });

  it('that fail or hang are told, and harm neither the manager nor the other callbacks', async () => {
    const told = await resultOf(async (world) => {
      const manager = new ResourceManager({ maxEntriesPerTable: 10, alertTimeoutMs: 50, measureEveryMs: 1000 });
      const seen: string[] = [];
      manager.on('failed', ({ code, cause }) => seen.push(`${code} ${cause instanceof Error ? cause.message : ''}`));
      manager.registerAlertCallback((_alert, signal) => {
        signal.addEventListener('abort', () => seen.push(`gave up at ${String(performance.now())}`));
        return new Promise(() => undefined);
      });
      manager.registerAlertCallback(() => {
        throw new Error('throws');
      });
      manager.registerAlertCallback(() => Promise.reject(new Error('rejects')));
      manager.registerAlertCallback(({ to }) => seen.push(to));
      for (const size of [10, 0]) {
        manager.monitorTable('t', { size });
        await sleep(80);
      }
      await manager.close();
      return [...seen, [...world.armedTimers()].length];
    });
    expect(told.slice().sort()).toEqual(
      [
        'severe',
        'alert-failed throws',
        'alert-failed rejects',
        'alert-timeout ',
        'gave up at 50',
        'normal',
        'alert-failed throws',
        'alert-failed rejects',
        0,
      ].sort(),
    );
  });

  it('that hang leave no timer when the manager is closed', async () => {
    const seen = await resultOf(async (world) => {
      const manager = new ResourceManager({ maxEntriesPerTable: 1 });
      let aborted = false;
      manager.registerAlertCallback((_alert, signal) => {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise(() => undefined);
      });
      manager.monitorTable('t', { size: 1 });
      await sleep(1);
      const before = [...world.armedTimers()].length;
      await manager.close();
      return [before, [...world.armedTimers()].length, aborted];
    });
    expect(seen).toEqual([2, 0, true]);
  });
});
