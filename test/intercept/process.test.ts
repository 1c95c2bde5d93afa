import { describe, expect, test } from 'vitest';
import type { World } from '../../src/kernel/world.ts';
import { nodesNextTick } from '../../src/intercept/process.ts';
import { resultOf, simulate, simulateWatched } from '../in-world.ts';

describe('process.nextTick', () => {
  test('passes its arguments on', async () => {
    const got = await resultOf(
      () =>
        new Promise((resolve) => {
          process.nextTick(
            (...args: unknown[]) => {
              resolve(args);
            },
            'a',
            2,
          );
        }),
    );
    expect(got).toEqual(['a', 2]);
  });

  test('refuses what is no function, as Node does', async () => {
    const tick = (): void => {
      process.nextTick('code' as unknown as () => void);
    };
    expect(tick).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
    expect((await simulate(tick)).uncaught[0]!.error).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  test("is heddle's in a run, even where somebody has put Node's own back", async () => {
    // What vitest does around each message to its main process, and does not undo where two meet in one turn.
    Reflect.set(process, 'nextTick', nodesNextTick);
    const { errors } = await simulate(() => {
      process.nextTick(() => {
        throw new Error('thrown');
      });
    });
    expect(errors).toEqual(['thrown']);
    expect(Reflect.get(process, 'nextTick')).not.toBe(nodesNextTick);
  });
});

describe('process.exit', () => {
  const inWorker = (world: World, main: () => void): void => {
    const worker = world.spawn('worker');
    world.main(worker, world.createTask('worker', worker), main);
  };

  test('ends the simulated process at once, with its code', async () => {
    const log: string[] = [];
    const { exits, uncaught, world } = await simulate((here) => {
      inWorker(here, () => {
        setTimeout(() => log.push('timer'), 1);
        process.exit(3);
        log.push('after the exit');
      });
      setTimeout(() => log.push('the other process'), 10);
    });
    expect([log, exits, uncaught]).toEqual([['the other process'], [3], []]);
    expect(world.processes.map(({ name }) => name)).toEqual(['main']);
  });

  test('inside a promise, too: what it throws is nobody\u2019s rejection', async () => {
    const { exits, uncaught } = await simulate((here) => {
      inWorker(here, () => {
        void (async () => {
          await Promise.resolve();
          process.exit();
        })();
      });
    });
    expect([exits, uncaught]).toEqual([[0], []]);
  });

  test('without a code takes process.exitCode', async () => {
    const { exits } = await simulate((here) => {
      inWorker(here, () => {
        process.exitCode = 7;
        try {
          process.exit();
        } finally {
          process.exitCode = undefined;
        }
      });
    });
    expect(exits).toEqual([7]);
  });

  test('process.abort ends it with 134', async () => {
    const { exits } = await simulate((here) => {
      inWorker(here, () => {
        process.abort();
      });
    });
    expect(exits).toEqual([134]);
  });
});

describe('what the code under test prints', () => {
  test('belongs to the run, not to the terminal', async () => {
    const { printed, escapes, result } = await simulateWatched(async () => {
      process.stdout.write('text\n');
      process.stderr.write(Buffer.from('bytes\n'));
      process.stdout.write(new Uint8Array([104, 105]));
      const written = await new Promise((resolve) => {
        process.stdout.write('with a callback', () => {
          resolve('written');
        });
      });
      await new Promise((resolve) => {
        process.stdout.write('and an encoding', 'utf8', resolve);
      });
      return written;
    });
    expect(printed).toEqual([
      'stdout: text\n',
      'stderr: bytes\n',
      'stdout: hi',
      'stdout: with a callback',
      'stdout: and an encoding',
    ]);
    expect([escapes, result]).toEqual([[], 'written']);
  });
});
