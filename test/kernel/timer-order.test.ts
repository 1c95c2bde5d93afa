import { describe, expect, test } from 'vitest';
import { everyOrder } from '../every-run.ts';
import { simulate } from '../in-world.ts';
import { randomChooser } from '../choosers.ts';

describe('timers of one process', () => {
  test('equal durations fire first in, first out', async () => {
    const orders = await everyOrder((log) => {
      for (const name of ['A', 'B', 'C', 'D']) setTimeout(log, 5, name);
    });
    expect(orders).toEqual(['A B C D']);
  });

  test('they fire in the order in which they are due, however they were queued', async () => {
    const orders = await everyOrder((log) => {
      setTimeout(log, 30, 'C');
      setTimeout(log, 10, 'A');
      setTimeout(log, 20, 'B');
    });
    expect(orders).toEqual(['A B C']);
  });

  test('a tie between different durations goes either way', async () => {
    const orders = await everyOrder((log) => {
      setTimeout(log, 3, 'long');
      setTimeout(() => {
        setTimeout(log, 2, 'short');
      }, 1);
    });
    expect(orders).toEqual(['long short', 'short long']);
  });

  test('random schedules show both ways of a tie', async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 30; seed += 1) {
      const log: string[] = [];
      const tie = (): void => {
        setTimeout(() => log.push('long'), 3);
        setTimeout(() => setTimeout(() => log.push('short'), 2), 1);
      };
      await simulate(tie, { chooser: randomChooser(seed, { delays: false }) });
      seen.add(log.join(' '));
    }
    expect([...seen].sort()).toEqual(['long short', 'short long']);
  });

  test('zero, negative, absent, huge and nonsensical delays are 1 ms, fractions are cut off', async () => {
    const delays = [0, -1, undefined, null, NaN, Infinity, 2 ** 31, 'soon', {}, '7', 1.9, 2.9, true];
    const played = await simulate(() => {
      const at: number[] = [];
      delays.forEach((delay, i) => {
        setTimeout(() => (at[i] = performance.now()), delay as number);
      });
      return at;
    });
    expect(played.result).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 7, 1, 2, 1]);
  });

  test('the longest delay is 2^31 - 1 ms', async () => {
    const played = await simulate(() => {
      setTimeout(() => undefined, 2 ** 31 - 1);
    });
    expect(played.world.now).toBe(2 ** 31 - 1);
  });

  test('an interval that is due with a timeout armed in its callback comes after it, both being of one duration', async () => {
    const orders = await everyOrder((log) => {
      const interval = setInterval(() => {
        log('interval');
        if (interval.hasRef()) setTimeout(log, 5, 'timeout');
        else clearInterval(interval);
        interval.unref();
      }, 5);
    });
    expect(orders).toEqual(['interval timeout interval']);
  });

  test('an interval counts from the instant at which it last fired', async () => {
    const late = (): number[] => {
      const at: number[] = [];
      const interval = setInterval(() => {
        at.push(performance.now());
        if (at.length === 3) clearInterval(interval);
      }, 10);
      return at;
    };
    const chooser = { ...randomChooser(1), delay: (_: unknown, room: number): number => room };
    expect((await simulate(late)).result).toEqual([10, 20, 30]);
    // The main script is the first to be late.
    expect((await simulate(late, { chooser })).result).toEqual([12, 23, 34]);
  });

  test('refresh() starts the delay anew and goes to the back of its duration, before and after the timer fired', async () => {
    const played = await simulate(() => {
      const log: string[] = [];
      const a = setTimeout(() => log.push(`A at ${String(performance.now())}`), 10);
      setTimeout(() => log.push('B'), 10);
      setTimeout(() => a.refresh(), 5);
      setTimeout(() => a.refresh(), 20);
      return log;
    });
    expect(played.result).toEqual(['B', 'A at 15', 'A at 30']);
  });

  test('a cleared timer never fires: not by refresh(), not when it is cleared in its own phase', async () => {
    const orders = await everyOrder((log) => {
      const cleared = setTimeout(log, 5, 'cleared');
      clearTimeout(cleared);
      cleared.refresh();
      setTimeout(() => {
        log('A');
        clearTimeout(second);
      }, 5);
      const second = setTimeout(log, 5, 'second');
      const interval = setInterval(() => {
        log('interval');
        clearInterval(interval);
      }, 5);
    });
    expect(orders).toEqual(['A interval']);
  });
});

describe('a timer phase that began late', () => {
  /** 10 ms timers due at 10 and 15, a 13 ms timer due at 13. */
  const program = (log: (entry: string) => void): void => {
    setTimeout(log, 10, 'ten');
    setTimeout(log, 13, 'thirteen');
    setTimeout(() => {
      setTimeout(log, 10, 'fifteen');
    }, 5);
  };

  test("after a stall all expired timers of one duration run before the next duration's", async () => {
    const orders = await everyOrder(program, { faults: ['stall'] }, {}, 50_000);
    expect(orders).toEqual(['ten thirteen fifteen']);
    const stalled = await everyOrder((log, world) => {
      program(log);
      setTimeout(() => {
        world.stall(world.process, 20);
      }, 7);
    });
    expect(stalled).toEqual(['ten fifteen thirteen']);
  });

  test('a stall that ends before the later timer is due changes nothing', async () => {
    const orders = await everyOrder((log, world) => {
      program(log);
      setTimeout(() => {
        world.stall(world.process, 4);
      }, 7);
    });
    expect(orders).toEqual(['ten thirteen fifteen']);
  });

  test('a millisecond of lateness lets a timer overtake one that was tied with its own duration', async () => {
    const orders = await everyOrder((log) => {
      setTimeout(log, 3, 'three');
      setTimeout(() => {
        setTimeout(log, 2, 'tied with three');
        setTimeout(log, 3, 'four');
      }, 1);
    });
    expect(orders).toEqual([
      ...['three four tied with three', 'three tied with three four', 'tied with three three four'],
    ]);
  });

  test('nothing of a stalled process runs before the stall is over; other processes go on', async () => {
    const played = await simulate((world) => {
      const log: string[] = [];
      const other = world.spawn('other');
      const task = world.createTask('other', other);
      setTimeout(() => log.push(`timer at ${String(world.now)}`), 1);
      setImmediate(() => log.push(`immediate at ${String(world.now)}`));
      world.complete('io', 0, 2, () => log.push(`io at ${String(world.now)}`));
      world.deliver('start', 'start other', other, task, [5, 5], () => log.push(`other at ${String(world.now)}`));
      world.stall(world.process, 20);
      return log;
    });
    expect(played.result).toEqual(['other at 5', 'timer at 20', 'immediate at 20', 'io at 20']);
  });
});

describe('early timers', () => {
  const program = (): Promise<unknown> => {
    const from = { date: Date.now(), now: performance.now() };
    return new Promise((resolve) => {
      setTimeout(() => {
        resolve({ date: Date.now() - from.date, early: performance.now() - from.now < 10 });
      }, 10);
    });
  };

  test('as a fault that is chosen once for a process, Date has advanced by one less than the delay', async () => {
    const early = await simulate(program, { chooser: randomChooserOf('early timers') });
    expect(early.result).toEqual({ date: 9, early: true });
    expect((await simulate(program)).result).toEqual({ date: 10, early: false });
  });

  test('the process whose timers are early has all of them early, in the same order', async () => {
    const orders = await everyOrder(
      (log) => {
        setTimeout(log, 1, 'A');
        setTimeout(log, 2, 'B');
        setTimeout(log, 2, 'C');
        setTimeout(log, 3, 'D');
      },
      { faults: ['early timers'] },
    );
    expect(orders).toEqual(['A B C D']);
  });

  function randomChooserOf(kind: string): ReturnType<typeof randomChooser> {
    return { ...randomChooser(1, { delays: false }), fault: (point) => (point.kind === kind ? 1 : 0) };
  }
});
