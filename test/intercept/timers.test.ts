import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { atMacrotask, play, resultOf, simulate } from '../in-world.ts';

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('handles of timers', () => {
  test('clearTimeout takes the handle, its number and its number as a string', async () => {
    const fired = await resultOf(async () => {
      const log: string[] = [];
      clearTimeout(setTimeout(() => log.push('handle'), 1));
      clearTimeout(Number(setTimeout(() => log.push('number'), 1)));
      clearTimeout(String(Number(setTimeout(() => log.push('string'), 1))));
      clearInterval(setTimeout(() => log.push('by clearInterval'), 1));
      clearTimeout(setInterval(() => log.push('interval'), 1));
      clearTimeout(undefined);
      clearTimeout('nonsense');
      await after(5);
      return log;
    });
    expect(fired).toEqual([]);
  });

  test('a number names its own timer only', async () => {
    const fired = await resultOf(async () => {
      const log: string[] = [];
      const a = setTimeout(() => log.push('a'), 1);
      const b = setTimeout(() => log.push('b'), 1);
      expect(Number(a)).not.toBe(Number(b));
      expect(`${Number(a)}`).toBe(String(+a));
      clearTimeout(Number(a));
      await after(5);
      return log;
    });
    expect(fired).toEqual(['b']);
  });

  test('ref, unref and hasRef tell the same as in Node; a timer that is unref-ed still fires', async () => {
    const seen = await resultOf(async () => {
      const log: unknown[] = [];
      const timer = setTimeout(() => log.push('fired'), 1);
      log.push(timer.hasRef(), timer.unref() === timer, timer.hasRef(), timer.ref() === timer, timer.hasRef());
      timer.unref();
      const immediate = setImmediate(() => log.push('immediate'));
      log.push(immediate.hasRef(), immediate.unref().hasRef(), immediate.ref().hasRef());
      await after(5);
      return log;
    });
    expect(seen).toEqual([true, true, false, true, true, true, false, true, 'immediate', 'fired']);
  });

  test('Symbol.dispose and close() clear', async () => {
    const fired = await resultOf(async () => {
      const log: string[] = [];
      {
        using _timer = setTimeout(() => log.push('timeout'), 1);
        using _interval = setInterval(() => log.push('interval'), 1);
        using _immediate = setImmediate(() => log.push('immediate'));
      }
      const closed = setTimeout(() => log.push('closed'), 1);
      expect(closed.close()).toBe(closed);
      await after(5);
      return log;
    });
    expect(fired).toEqual([]);
  });

  test('arguments are passed on, and this is the timer', async () => {
    const seen = await resultOf(async () => {
      const log: unknown[] = [];
      const timer = setTimeout(
        function (this: unknown, ...args: unknown[]) {
          log.push(this === timer, ...args);
        },
        1,
        'a',
        2,
      );
      setImmediate((...args: unknown[]) => log.push(...args), 'b', 3);
      const interval = setInterval(
        (arg: string) => {
          log.push(arg);
          clearInterval(interval);
        },
        2,
        'c',
      );
      await after(5);
      return log;
    });
    expect(seen).toEqual(['b', 3, true, 'a', 2, 'c']);
  });

  test.each(['setTimeout', 'setInterval', 'setImmediate'] as const)(
    '%s refuses a callback that is no function',
    async (name) => {
      const arm = globalThis[name] as unknown as (callback: unknown) => void;
      for (const callback of [undefined, null, 'code', 7, {}]) {
        const { uncaught } = await simulate(() => {
          arm(callback);
        });
        expect(uncaught.map(({ error }) => (error as { code?: string }).code)).toEqual(['ERR_INVALID_ARG_TYPE']);
      }
    },
  );
});

describe('intervals', () => {
  test('refresh() in the callback of an interval starts it anew', async () => {
    const at = await resultOf(async () => {
      const log: number[] = [];
      const interval = setInterval(() => {
        log.push(performance.now());
        if (log.length === 1) interval.refresh();
      }, 10);
      await after(35);
      clearInterval(interval);
      return log;
    });
    expect(at).toEqual([10, 20, 30]);
  });

  test('an interval that is cleared in its callback never comes again', async () => {
    const { world, ending } = await simulate(() => {
      const interval = setInterval(() => {
        clearInterval(interval);
      }, 1);
    });
    expect([world.turn, ending]).toEqual([2, 'quiescent']);
  });

  test('an interval cleared by another timer of the same phase does not fire', async () => {
    const fired = await resultOf(async () => {
      const log: string[] = [];
      setTimeout(() => {
        clearInterval(interval);
      }, 5);
      const interval = setInterval(() => log.push('interval'), 5);
      await after(20);
      return log;
    });
    expect(fired).toEqual([]);
  });
});

// After test/parallel of Node itself.
describe("ideas of Node's own tests", () => {
  test('test-timers-ordering: a later timer never sees an earlier clock', async () => {
    const times = await resultOf(
      () =>
        new Promise<number[]>((resolve) => {
          const log: number[] = [];
          const again = (n: number): void => {
            log.push(performance.now());
            if (n === 30) resolve(log);
            else setTimeout(again, 1, n + 1);
          };
          again(1);
        }),
    );
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(30);
  });

  test('test-timers-same-timeout-wrong-list-deleted: clearing in a callback leaves the others of its duration', async () => {
    const fired = await resultOf(async () => {
      const log: string[] = [];
      setTimeout(() => {
        log.push('first');
        const doomed = setTimeout(() => log.push('doomed'), 10);
        clearTimeout(doomed);
        setTimeout(() => log.push('second'), 10);
      }, 10);
      await after(50);
      return log;
    });
    expect(fired).toEqual(['first', 'second']);
  });

  test('test-timers-clear-in-interval, -clearImmediate: one clears another of the same kind', async () => {
    const fired = await resultOf(async () => {
      const log: string[] = [];
      const immediates = ['a', 'b', 'c'].map((name) =>
        setImmediate(() => {
          log.push(name);
          if (name === 'a') clearImmediate(immediates[1]);
        }),
      );
      await after(5);
      return log;
    });
    expect(fired).toEqual(['a', 'c']);
  });

  test('test-timers-zero-timeout: a delay of zero passes the arguments and waits for a turn', async () => {
    const log = await resultOf(async () => {
      const entries: unknown[] = [];
      setTimeout((...args: unknown[]) => entries.push(...args), 0, 'x', 'y');
      entries.push('main');
      await after(2);
      return entries;
    });
    expect(log).toEqual(['main', 'x', 'y']);
  });

  test('test-timers-nested, -interval-throw: a timer armed by one that throws still comes', async () => {
    const log: string[] = [];
    const { errors } = await simulate(() => {
      setTimeout(() => {
        setTimeout(() => log.push('nested'), 1);
        throw new Error('thrown');
      }, 1);
    });
    expect([log, errors]).toEqual([['nested'], ['thrown']]);
  });

  test('test-timers-immediate-queue: thousands of immediates run in one round', async () => {
    const { result } = await simulate((world) => {
      let ran = 0;
      return new Promise((resolve) => {
        for (let i = 0; i < 5000; i += 1)
          setImmediate(() => {
            ran += 1;
            // Neither what the first of them asks for nor a timer that is due comes between them.
            if (ran > 1) return;
            world.complete('io', 0, 0, () => {
              resolve(ran);
            });
            setTimeout(() => {
              resolve(ran);
            }, 1);
          });
      });
    });
    expect(result).toBe(5000);
  });

  test('test-timers-unref, -refresh: a refreshed timer keeps its callback and arguments', async () => {
    const log = await resultOf(async () => {
      const entries: unknown[] = [];
      const timer = setTimeout((arg: string) => entries.push(arg, performance.now()), 10, 'x');
      timer.unref();
      await after(6);
      timer.refresh();
      await after(20);
      return entries;
    });
    expect(log).toEqual(['x', 16]);
  });

  test('test-next-tick-ordering: ticks before microtasks before timers', async () => {
    const log = await resultOf(async () => {
      const entries: string[] = [];
      setImmediate(() => entries.push('immediate'));
      setTimeout(() => entries.push('timer'), 2);
      queueMicrotask(() => entries.push('microtask'));
      process.nextTick((name: string) => entries.push(name), 'tick');
      await after(5);
      return entries;
    });
    expect(log).toEqual(['tick', 'microtask', 'immediate', 'timer']);
  });
});

describe('util.promisify', () => {
  test('of setTimeout and setImmediate resolves with the value, in the run', async () => {
    const seen = await resultOf(async () => [
      await promisify(setTimeout)(10, 'late'),
      performance.now(),
      await promisify(setImmediate)('soon'),
    ]);
    expect(seen).toEqual(['late', 10, 'soon']);
  });
});

describe('between runs', () => {
  test('a handle of a run that is over can be cleared and refreshed without harm', async () => {
    const { result } = await simulate(() => ({
      timer: setTimeout(() => undefined, 1),
      immediate: setImmediate(() => undefined),
    }));
    const { timer, immediate } = result as { timer: NodeJS.Timeout; immediate: NodeJS.Immediate };
    clearTimeout(timer);
    timer.refresh();
    clearImmediate(immediate);
    expect(timer.hasRef()).toBe(true);
  });

  test('a handle of one run clears nothing of the next', async () => {
    const fired = await atMacrotask(() => {
      const first = play(() => setTimeout(() => undefined, 5));
      const log: string[] = [];
      play(() => {
        setTimeout(() => log.push('fired'), 1);
        clearTimeout(first.result as NodeJS.Timeout);
        (first.result as NodeJS.Timeout).refresh();
      });
      return log;
    });
    expect(fired).toEqual(['fired']);
  });

  test('real timers serve outside of a run', async () => {
    const log: string[] = [];
    await new Promise<void>((resolve) => {
      clearTimeout(Number(setTimeout(() => log.push('cleared'), 1)));
      const interval = setInterval(() => {
        log.push('interval');
        clearInterval(interval);
        setImmediate(() => {
          log.push('immediate');
          resolve();
        });
      }, 1);
    });
    expect(log).toEqual(['interval', 'immediate']);
    expect(await promisify(setTimeout)(1, 'value')).toBe('value');
  });
});
