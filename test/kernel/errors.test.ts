import { describe, expect, test } from 'vitest';
import { simulate, type PlayOptions } from '../in-world.ts';

/** What reached the top of a turn, with how. */
const failures = async (main: () => unknown, options?: PlayOptions): Promise<string[]> => {
  const { uncaught } = await simulate(main, options);
  return uncaught.map(({ error, origin }) => `${origin}: ${(error as Error).message}`);
};

describe('rejections are judged at the end of the turn', () => {
  test('one that the same turn handles, in a nextTick or a late microtask, is none', async () => {
    const main = (): void => {
      const tick = Promise.reject(new Error('handled in a nextTick'));
      process.nextTick(() => {
        tick.catch(() => undefined);
      });
      const late = Promise.reject(new Error('handled late'));
      let steps = 20;
      const step = (): void => {
        if ((steps -= 1) > 0) queueMicrotask(step);
        else late.catch(() => undefined);
      };
      step();
    };
    expect(await failures(main)).toEqual([]);
  });

  test('one that a later turn handles has been reported', async () => {
    const main = (): void => {
      const promise = Promise.reject(new Error('too late'));
      setTimeout(() => {
        promise.catch(() => undefined);
      }, 1);
    };
    expect(await failures(main)).toEqual(['unhandledRejection: too late']);
  });

  test('each turn has its own, before the next turn begins', async () => {
    const order: string[] = [];
    const { world } = await simulate((here) => {
      const report = here.onUncaught!;
      here.onUncaught = (error, origin) => {
        order.push((error as Error).message);
        report(error, origin);
      };
      here.afterTurn.push(() => order.push('end of turn'));
      void Promise.reject(new Error('first'));
      setTimeout(() => {
        void Promise.reject(new Error('second'));
      }, 1);
    });
    expect(order).toEqual(['first', 'end of turn', 'second', 'end of turn']);
    expect(world.turn).toBe(2);
  });

  test('the host hears nothing of it, and has its own listeners back afterwards', async () => {
    const heard: unknown[] = [];
    const listener = (reason: unknown): void => {
      heard.push(reason);
    };
    process.on('unhandledRejection', listener);
    try {
      const before = process.rawListeners('unhandledRejection');
      const main = (): void => {
        void Promise.reject(new Error('inside'));
      };
      expect(await failures(main)).toEqual(['unhandledRejection: inside']);
      expect(process.rawListeners('unhandledRejection')).toEqual(before);
    } finally {
      process.removeListener('unhandledRejection', listener);
    }
    expect(heard).toEqual([]);
  });
});

describe('what throws', () => {
  const throwing = (): void => {
    throw new Error('thrown');
  };

  test.each([
    ['a main script', throwing],
    ['a timer', () => setTimeout(throwing, 1)],
    ['an immediate', () => setImmediate(throwing)],
    [
      'a nextTick',
      () => {
        process.nextTick(throwing);
      },
    ],
    [
      'a microtask',
      () => {
        queueMicrotask(throwing);
      },
    ],
    [
      'a nextTick of a microtask of a timer',
      () =>
        setTimeout(() => {
          queueMicrotask(() => {
            process.nextTick(throwing);
          });
        }, 1),
    ],
  ])('%s: is an uncaught exception of the simulated process', async (_, main: () => void) => {
    expect(await failures(main)).toEqual(['uncaughtException: thrown']);
  });

  test.each([
    [
      'a nextTick',
      (callback: () => void) => {
        process.nextTick(callback);
      },
    ],
    ['a microtask', queueMicrotask],
  ])('%s that throws does not keep the rest of the turn, or later turns, from running', async (_, queue) => {
    const log: string[] = [];
    const { errors } = await simulate(() => {
      queue(throwing);
      queue(() => log.push('next of its kind'));
      process.nextTick(() => log.push('nextTick'));
      queueMicrotask(() => log.push('microtask'));
      setImmediate(() => log.push('immediate'));
      setTimeout(() => log.push('timer'), 1);
    });
    expect(errors).toEqual(['thrown']);
    expect(log.sort()).toEqual(['immediate', 'microtask', 'next of its kind', 'nextTick', 'timer']);
  });

  test('a timer that throws does not end its phase: the next one of it follows', async () => {
    const log: string[] = [];
    await simulate((world) => {
      setTimeout(() => {
        log.push('A');
        throwing();
      }, 1);
      setTimeout(() => log.push('B'), 1);
      world.complete('io', 1, 1, () => log.push('io'));
    });
    expect(log).toEqual(['A', 'B', 'io']);
  });

  test('an interval that throws goes on', async () => {
    let times = 0;
    const { errors } = await simulate(() => {
      const interval = setInterval(() => {
        times += 1;
        if (times === 3) clearInterval(interval);
        throw new Error(`time ${String(times)}`);
      }, 1);
    });
    expect(errors).toEqual(['time 1', 'time 2', 'time 3']);
  });

  test('an error that is not one is passed on as it is', async () => {
    const { uncaught } = await simulate(() => {
      setTimeout(() => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- code under test does
        throw null;
      }, 1);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- code under test does
      void Promise.reject(undefined);
    });
    expect(uncaught.map(({ error }) => error)).toEqual([undefined, null]);
  });

  test('after an uncaught exception Node arms no immediate of its own in the world', async () => {
    const { world } = await simulate(() => {
      queueMicrotask(throwing);
    });
    expect([world.turn, world.process.pendingCount()]).toEqual([1, 0]);
  });
});
