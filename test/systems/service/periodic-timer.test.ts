import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeriodicTimer, ServiceError } from '../../../src/systems/service/index.ts';
import { resultOf, simulate } from '../../in-world.ts';

describe('a periodic timer', () => {
  it('ticks one period after the end of the tick before, however long that took', async () => {
    const ticks = await resultOf(async () => {
      const at: number[] = [];
      const timer = new PeriodicTimer({
        periodMs: 10,
        tick: async () => {
          at.push(performance.now());
          await sleep(25);
        },
      }).start();
      await sleep(100);
      await timer.close();
      return at;
    });
    expect(ticks).toEqual([10, 45, 80]);
  });

  it('has one timer while it waits, none during a tick, none after close; starting twice changes nothing', async () => {
    const counts = await resultOf(async (world) => {
      const armed = (): number => [...world.armedTimers()].length;
      const seen: number[] = [armed()];
      const timer = new PeriodicTimer({ periodMs: 10, tick: () => seen.push(armed()) });
      seen.push(armed());
      timer.start().start();
      seen.push(armed());
      await timer.runNow();
      seen.push(armed());
      await timer.close();
      return [...seen, armed()];
    });
    expect(counts).toEqual([0, 0, 1, 0, 1, 0]);
  });

  it('arms nothing after a tick that was under way at close, tells it, and close waits for it', async () => {
    const played = await simulate(async (world) => {
      const told: string[] = [];
      const timer = new PeriodicTimer({
        periodMs: 10,
        tick: async (signal) => {
          signal.addEventListener('abort', () => told.push(`aborted at ${String(performance.now())}`));
          await sleep(20);
          told.push(`ended at ${String(performance.now())}`);
        },
      }).start();
      await sleep(15);
      await timer.close();
      told.push(`closed at ${String(performance.now())}`);
      return [told, [...world.armedTimers()].length];
    });
    expect(played.result).toEqual([['aborted at 15', 'ended at 30', 'closed at 30'], 0]);
  });

  it('joins the tick that is under way when it is asked for one, and begins a new period afterwards', async () => {
    const ticks = await resultOf(async () => {
      const at: number[] = [];
      const tick = (): Promise<unknown> => {
        at.push(performance.now());
        return sleep(5);
      };
      const timer = new PeriodicTimer({ periodMs: 100, tick }).start();
      await sleep(50);
      await Promise.all([timer.runNow(), timer.runNow()]);
      await sleep(104);
      await timer.close();
      return at;
    });
    expect(ticks).toEqual([50, 155]);
  });

  it('does not tick any more when it is closed right after it was asked to', async () => {
    let ticks = 0;
    await resultOf(async () => {
      const timer = new PeriodicTimer({ periodMs: 10, tick: () => (ticks += 1) });
      const asked = timer.runNow();
      await Promise.all([timer.close(), asked]);
    });
    expect(ticks).toBe(0);
  });

  it('goes on after an error, and tells it', async () => {
    const errors = await resultOf(async () => {
      const told: unknown[] = [];
      let ticks = 0;
      const timer = new PeriodicTimer({
        periodMs: 10,
        tick: () => {
          ticks += 1;
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- a tick throws what it likes
          throw ticks;
        },
        onError: (error) => told.push(error),
      }).start();
      await sleep(35);
      await timer.close();
      return told;
    });
    expect(errors).toEqual([1, 2, 3]);
  });

  it('makes an error that nobody wants to hear, or whose hearer throws, an uncaught exception', async () => {
    const fails = (onError?: () => void): Promise<string[]> =>
      simulate(async () => {
        const tick = (): void => {
          throw new Error('tick is broken');
        };
        const timer = new PeriodicTimer({ periodMs: 10, tick, ...(onError === undefined ? {} : { onError }) });
        await timer.runNow();
        await timer.close();
      }).then(({ errors }) => errors);
    expect(await fails()).toEqual(['tick is broken']);
    const worse = (): void => {
      throw new Error('onError is broken');
    };
    expect(await fails(worse)).toEqual(['onError is broken']);
  });

  it('refuses what is no period, and everything after close', async () => {
    for (const periodMs of [0, -1, 0.5, NaN, Infinity, 2 ** 31, '10' as unknown as number]) {
      expect(() => new PeriodicTimer({ periodMs, tick: () => undefined })).toThrow(ServiceError);
    }
    const timer = new PeriodicTimer({ periodMs: 10, tick: () => undefined });
    await timer.close();
    expect(() => timer.start()).toThrow(expect.objectContaining({ code: 'closed' }));
    await expect(timer.runNow()).rejects.toMatchObject({ code: 'closed', category: 'permanent' });
    await timer.close();
  });
});

it('a periodic timer never has two timers or two ticks, whatever it is asked when', async () => {
  const steps = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 100 }), does: fc.constantFrom('run', 'start', 'close') }),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 30 }), async (workload, takes) => {
      const played = await simulate(async (world) => {
        let underWay = 0;
        let most = 0;
        const timer = new PeriodicTimer({
          periodMs: 20,
          tick: async () => {
            underWay += 1;
            most = Math.max(most, underWay);
            await new Promise<void>((resolve) => {
              world.complete('work', takes, takes, resolve);
            });
            underWay -= 1;
          },
        });
        let now = 0;
        for (const { at, does } of [...workload].sort((a, b) => a.at - b.at)) {
          await sleep(at - now);
          now = at;
          if (does === 'close') void timer.close();
          else if (!timer.closed) void (does === 'run' ? timer.runNow() : timer.start());
          expect([...world.armedTimers()].length).toBeLessThanOrEqual(1);
        }
        await timer.close();
        expect([...world.armedTimers()].length).toBe(0);
        expect(most).toBeLessThanOrEqual(1);
      });
      expect(played.errors).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
