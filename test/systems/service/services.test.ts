import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  PerformanceMonitor,
  RateLimiter,
  RECENT_OPERATIONS,
  TelemetryBridge,
} from '../../../src/systems/service/index.ts';
import { resultOf } from '../../in-world.ts';

describe('the performance monitor', () => {
  it('remembers the last 100 operations, newest first, and sums them up', async () => {
    const monitor = new PerformanceMonitor();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.boolean()), { minLength: 1, maxLength: 150 }), (operations) => {
        for (const [durationMs, ok] of operations) monitor.recordOperation('query', durationMs, ok);
        const recent = monitor.recentOperations();
        expect(recent.length).toBeLessThanOrEqual(RECENT_OPERATIONS);
        const newest = operations.slice(-RECENT_OPERATIONS).reverse();
        expect(recent.slice(0, newest.length).map(({ durationMs, ok }) => [durationMs, ok])).toEqual(newest);
        const { count, failed, averageMs, slowestMs } = monitor.summary();
        expect(count).toBe(recent.length);
        expect(failed).toBe(recent.filter(({ ok }) => !ok).length);
        expect(slowestMs).toBe(Math.max(...recent.map(({ durationMs }) => durationMs)));
        expect(averageMs * count).toBeCloseTo(recent.reduce((sum, { durationMs }) => sum + durationMs, 0));
      }),
    );
    await monitor.close();
    expect(() => {
      monitor.recordOperation('query', 1);
    }).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(monitor.recentOperations().length).toBe(RECENT_OPERATIONS);
  });

  it('forgets at a cleanup what is too old', async () => {
    const counts = await resultOf(async () => {
      const monitor = new PerformanceMonitor({ retentionMs: 100, cleanupEveryMs: 60 });
      monitor.recordOperation('early', 1);
      await sleep(50);
      monitor.recordOperation('late', 1);
      await sleep(60);
      const seen = [monitor.summary().count];
      await sleep(15);
      seen.push(monitor.summary().count);
      await sleep(40);
      await monitor.cleanup();
      seen.push(monitor.summary().count);
      await monitor.close();
      return seen;
    });
    expect(counts).toEqual([2, 1, 0]);
  });

  it('has a summary of nothing, and refuses nonsense', async () => {
    const monitor = new PerformanceMonitor();
    expect(monitor.summary()).toEqual({ count: 0, failed: 0, averageMs: 0, slowestMs: 0 });
    for (const duration of [NaN, -1, Infinity]) {
      expect(() => {
        monitor.recordOperation('query', duration);
      }).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    }
    expect(() => {
      monitor.recordOperation('', 1);
    }).toThrow(expect.objectContaining({ name: 'ServiceError' }));
    expect(() => new PerformanceMonitor({ cleanupEveryMs: 0 })).toThrow('cleanupEveryMs to be a whole number');
    await monitor.close();
  });
});

describe('the rate limiter', () => {
  it('allows so many in any window, not in fixed ones, and says when to come again', async () => {
    const decisions = await resultOf(async () => {
      const rates = new RateLimiter();
      rates.configureLimiter('api', { limit: 2, windowMs: 100 });
      const seen: unknown[] = [];
      for (const wait of [90, 9, 10, 80, 1, 10]) {
        await sleep(wait);
        const decision = rates.checkRate('api', 'key');
        seen.push(decision.allowed ? 'allowed' : decision.retryAfterMs);
      }
      await rates.close();
      return seen;
    });
    // At 90, 99, 109, 189, 190 and 200 ms.
    expect(decisions).toEqual(['allowed', 'allowed', 81, 1, 'allowed', 'allowed']);
  });

  it('keeps keys and limiters apart', async () => {
    const rates = new RateLimiter();
    for (const id of ['a', 'b']) rates.configureLimiter(id, { limit: 1, windowMs: 1000 });
    const allowed = (id: string, key: string): boolean => rates.checkRate(id, key).allowed;
    expect([allowed('a', 'x'), allowed('a', 'y'), allowed('b', 'x'), allowed('a', 'x')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    await rates.close();
  });

  it('allows nobody more because it is configured again, or cleaned up', async () => {
    const seen = await resultOf(async () => {
      const rates = new RateLimiter();
      rates.configureLimiter('a', { limit: 2, windowMs: 100 });
      const decisions = [rates.checkRate('a', 'x'), rates.checkRate('a', 'x')];
      rates.configureLimiter('a', { limit: 2, windowMs: 100, cleanupEveryMs: 5 });
      await rates.cleanup('a');
      await sleep(50);
      decisions.push(rates.checkRate('a', 'x'));
      rates.configureLimiter('a', { limit: 1, windowMs: 100 });
      decisions.push(rates.checkRate('a', 'x'));
      await sleep(50);
      decisions.push(rates.checkRate('a', 'x'));
      await rates.close();
      return decisions.map(({ allowed }) => allowed);
    });
    expect(seen).toEqual([true, true, false, false, true]);
  });

  it('forgets keys that are not used, and has one timer for each limiter', async () => {
    const counts = await resultOf(async (world) => {
      const rates = new RateLimiter();
      for (const id of ['a', 'a', 'b']) rates.configureLimiter(id, { limit: 1, windowMs: 10 });
      const seen = [[...world.armedTimers()].length];
      seen.push(Number(rates.removeLimiter('b')), Number(rates.removeLimiter('b')));
      seen.push([...world.armedTimers()].length);
      await rates.close();
      return [...seen, [...world.armedTimers()].length];
    });
    expect(counts).toEqual([2, 1, 0, 1, 0]);
  });

  it('refuses what it does not know', async () => {
    const rates = new RateLimiter();
    expect(() => rates.checkRate('nobody', 'x')).toThrow(expect.objectContaining({ code: 'unknown-limiter' }));
    await expect(rates.cleanup('nobody')).rejects.toMatchObject({ code: 'unknown-limiter' });
    for (const [limit, windowMs] of [
      [0, 1],
      [NaN, 1],
      [1, 0],
      [1, Infinity],
    ] as const) {
      expect(() => {
        rates.configureLimiter('a', { limit, windowMs });
      }).toThrow(expect.objectContaining({ code: 'invalid-option' }));
    }
    expect(rates.limiterIds).toEqual([]);
    await rates.close();
    expect(() => rates.checkRate('a', 'x')).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(() => {
      rates.configureLimiter('a', { limit: 1, windowMs: 1 });
    }).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});

describe('the telemetry bridge', () => {
  it('exports stale contexts once, one at a time, oldest first, and leaves the others alone', async () => {
    const told = await resultOf(async () => {
      const seen: string[] = [];
      const bridge = new TelemetryBridge({
        staleAfterMs: 100,
        cleanupEveryMs: 110,
        exportStale: async ({ id }) => {
          seen.push(`${id} begins at ${String(performance.now())}`);
          await sleep(10);
        },
      });
      bridge.startContext('a');
      bridge.startContext('b', { user: 7 });
      bridge.startContext('finished');
      bridge.startContext('again');
      await sleep(50);
      bridge.startContext('again');
      seen.push(String(bridge.finishContext('finished')?.startedAt));
      seen.push(String(bridge.finishContext('finished')?.startedAt));
      await sleep(75);
      seen.push(bridge.open.join());
      await bridge.close();
      return seen;
    });
    expect(told).toEqual(['0', 'undefined', 'a begins at 110', 'b begins at 120', 'again']);
  });

  it('begins no further export once it is closed, and waits for the one that is under way', async () => {
    const told = await resultOf(async () => {
      const seen: string[] = [];
      const bridge = new TelemetryBridge({
        staleAfterMs: 0,
        exportStale: async ({ id }) => {
          await sleep(10);
          seen.push(id);
        },
      });
      bridge.startContext('a');
      bridge.startContext('b');
      void bridge.cleanup();
      await sleep(5);
      await bridge.close();
      seen.push(`closed at ${String(performance.now())}`);
      return [...seen, ...bridge.open];
    });
    expect(told).toEqual(['a', 'closed at 10', 'b']);
  });

  it('tells what an exporter throws, and goes on', async () => {
    const errors: unknown[] = [];
    const cause = new Error('collector is down');
    const bridge = new TelemetryBridge({
      staleAfterMs: 0,
      exportStale: ({ id }) => {
        if (id === 'a') throw cause;
      },
      onError: (error) => errors.push(error),
    });
    bridge.startContext('a', { user: 7 });
    bridge.startContext('b');
    await bridge.cleanup();
    await bridge.close();
    expect(bridge.open).toEqual([]);
    expect(errors).toEqual([
      expect.objectContaining({ code: 'export-failed', cause, context: { id: 'a', attributes: { user: 7 } } }),
    ]);
    expect(() => {
      bridge.startContext('c');
    }).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});
