import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Recorder } from '../../src/kernel/choice.ts';
import type { PendingEvent } from '../../src/kernel/event.ts';
import { LAG } from '../../src/kernel/process.ts';
import type { World } from '../../src/kernel/world.ts';
import { idle, randomChooser } from '../choosers.ts';
import { everyOrder } from '../every-run.ts';
import { atMacrotask, play, simulate } from '../in-world.ts';
import { arbitraryProgram, perform, type Action } from './program.ts';

/** Keeps every turn with the window of its event. */
class Turns implements Recorder {
  readonly all: {
    readonly event: PendingEvent;
    readonly now: number;
    readonly rank: number;
    readonly latest: number;
  }[] = [];

  choice(): void {
    // Only turns matter here.
  }

  turn(_turn: number, now: number, event: PendingEvent): void {
    this.all.push({ event, now, rank: event.rank, latest: event.latest });
  }
}

const pending = (world: World): number => world.processes.reduce((sum, process) => sum + process.pendingCount(), 0);

describe('windows and the firing rule', () => {
  test('no event fires before its window or after it, the clock never goes back, and nothing is left pending', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, fc.integer(), fc.boolean(), async (program, seed, delays) => {
        const recorder = new Turns();
        const { ending, world, uncaught } = await simulate(
          (here) => {
            perform(here, program);
          },
          { chooser: randomChooser(seed, { delays }), recorder },
        );
        expect(uncaught).toEqual([]);
        expect(ending).toBe('quiescent');
        expect(pending(world)).toBe(0);
        let last = 0;
        for (const { now, rank, latest } of recorder.all) {
          expect(now).toBeGreaterThanOrEqual(last);
          expect(now).toBeGreaterThanOrEqual(rank);
          expect(now).toBeLessThanOrEqual(latest);
          last = now;
        }
      }),
      { numRuns: 300 },
    );
  });

  test('with stalls, crashes, drifting clocks and several processes the loop still never gets stuck', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProgram, arbitraryProgram, fc.integer(), async (here, there, seed) => {
        const chooser = randomChooser(seed, { faults: ['stall', 'crash', 'early timers'] });
        const program = (world: World): void => {
          const other = world.spawn('other', { rate: 1.25 });
          world.main(other, world.createTask('other', other), () => {
            perform(world, there);
          });
          world.process.afterTurn = () => {
            const pick = world.fault({ key: 'stall', kind: 'stall', options: ['1 ms', '7 ms'] });
            if (pick > 0) world.stall(world.process, pick === 1 ? 1 : 7);
          };
          let left = 6;
          other.afterTurn = () => {
            if ((left -= 1) === 0 && world.fault({ key: 'crash', kind: 'crash', options: ['crash'] }) > 0)
              world.crash(other);
          };
          perform(world, here);
        };
        const recorder = new Turns();
        const { ending, world } = await simulate(program, { chooser, recorder });
        expect(ending).toBe('quiescent');
        expect(pending(world)).toBe(0);
        let last = 0;
        for (const { now, rank } of recorder.all) {
          expect(now).toBeGreaterThanOrEqual(last);
          expect(now).toBeGreaterThanOrEqual(rank);
          last = now;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('what an idle machine does never is late', async () => {
    const program: Action[] = [
      { kind: 'timeout', ms: 5, then: [{ kind: 'timeout', ms: 3, then: [] }] },
      { kind: 'io', min: 2, room: 8, then: [{ kind: 'immediate', then: [] }] },
    ];
    const recorder = new Turns();
    await simulate(
      (world) => {
        perform(world, program);
      },
      { chooser: idle, recorder },
    );
    expect(recorder.all.map(({ now, rank }) => now - rank)).toEqual([0, 0, 0, 0, 0]);
  });

  test('nor does it let the stall of one process make another late', async () => {
    const { result } = await simulate((world) => {
      const at: string[] = [];
      const other = world.spawn('other');
      const say = (name: string) => (): void => {
        at.push(`${name} at ${String(world.now)}`);
      };
      world.complete('stalled', 5, 40, say('stalled'));
      world.deliver('start', 'other', other, world.createTask('other', other), [10, 40], say('other'));
      world.stall(world.process, 20);
      return at;
    });
    expect(result).toEqual(['other at 10', 'stalled at 20']);
  });

  test('a completion cannot wait until another one would be late', async () => {
    const orders = await everyOrder((log, world) => {
      world.complete('soon', 0, 4, () => {
        log('soon');
      });
      world.complete('then', 4, 9, () => {
        log('then');
      });
      world.complete('late', 5, 9, () => {
        log('late');
      });
    });
    expect(orders).toEqual(['soon late then', 'soon then late', 'then soon late']);
  });

  test('a watchdog that is due after the last instant of a completion never expires before it', async () => {
    const race = (delay: number): Promise<string[]> =>
      everyOrder((log, world) => {
        setTimeout(log, delay, 'watchdog');
        world.complete('call', 0, 10, () => {
          log('call');
        });
      });
    expect(await race(11)).toEqual(['call watchdog']);
    expect(await race(10)).toEqual(['call watchdog', 'watchdog call']);
  });

  test('a completion without a last instant may come after everything else', async () => {
    const orders = await everyOrder(
      (log, world) => {
        setTimeout(log, 60_000, 'watchdog');
        world.complete('call', 0, Infinity, () => {
          log('call');
        });
      },
      { delays: false },
    );
    expect(orders).toEqual(['call watchdog', 'watchdog call']);
  });

  test('a delay moves the clock by whole ms up to the last instant', async () => {
    const seen = new Set<number>();
    await everyOrder((_, world) => {
      world.complete('io', 2, 5, () => seen.add(world.now));
    });
    // The main script may itself be late by LAG.
    expect([...seen].sort()).toEqual([2, 3, 4, 5, 5 + LAG]);
  });

  test('run(until) leaves what is due later pending, and goes on from there', async () => {
    const log: string[] = [];
    const { world, ending } = await simulate(
      () => {
        setTimeout(() => log.push('A'), 10);
        setTimeout(() => log.push('B'), 30);
      },
      { until: 20 },
    );
    expect([ending, log, world.now, pending(world)]).toEqual(['time', ['A'], 10, 1]);
    expect(await atMacrotask(() => world.run())).toBe('quiescent');
    expect([log, world.now]).toEqual([['A', 'B'], 30]);
  });

  test('a run has a largest number of turns', async () => {
    const { ending, world } = await simulate(() => setInterval(() => undefined, 1), { maxTurns: 25 });
    expect([ending, world.turn]).toEqual(['turns', 25]);
  });

  test('stop() ends the run after the turn, not within it', async () => {
    const { ending, result } = await simulate((world) => {
      const log: string[] = [];
      setTimeout(() => {
        world.stop();
        queueMicrotask(() => log.push('microtask'));
      }, 1);
      setTimeout(() => log.push('next turn'), 1);
      return log;
    });
    expect([ending, result]).toEqual(['stopped', ['microtask']]);
  });

  test('ten thousand pending events all fire', async () => {
    const played = await atMacrotask(() =>
      play(
        (world) => {
          let fired = 0;
          const fire = (): void => {
            fired += 1;
            if (fired === 10_000) world.stop();
          };
          for (let i = 0; i < 5000; i += 1) {
            world.complete('io', i % 7, 20 + (i % 11), fire);
            setTimeout(fire, 1 + (i % 50));
          }
        },
        { chooser: randomChooser(1) },
      ),
    );
    expect([played.ending, played.world.turn]).toEqual(['stopped', 10_001]);
  });
});
