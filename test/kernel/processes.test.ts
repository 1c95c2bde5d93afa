import { describe, expect, test } from 'vitest';
import { EPOCH } from '../../src/kernel/clock.ts';
import { createChannel, type World } from '../../src/kernel/world.ts';
import { randomChooser } from '../choosers.ts';
import { everyOrder } from '../every-run.ts';
import { simulate } from '../in-world.ts';

/** Starts a process and runs `main` as its main script. */
function start(world: World, name: string, main: () => void, rate = 1): ReturnType<World['spawn']> {
  const process = world.spawn(name, { rate });
  world.main(process, world.createTask(name, process), main);
  return process;
}

describe('a process that starts', () => {
  test('runs its main script before it hears of anything', async () => {
    const orders = await everyOrder((log, world) => {
      const process = world.spawn('worker');
      const task = world.createTask('worker', process);
      world.deliver('message', 'early', process, task, [0, 0], log.bind(null, 'early'));
      world.main(process, task, log.bind(null, 'main'));
      world.deliver('message', 'late', process, task, [0, 0], log.bind(null, 'late'));
    });
    expect(orders).toEqual(['main early late', 'main late early']);
  });
});

describe('ordered channels', () => {
  const send = (
    world: World,
    log: (entry: string) => void,
    names: readonly string[],
    latency: [number, number],
  ): void => {
    const channel = createChannel();
    for (const name of names) {
      world.deliver('message', name, world.process, world.task, latency, log.bind(null, name), channel);
    }
  };

  test('what is sent on one channel arrives in order, whatever the latency', async () => {
    const orders = await everyOrder((log, world) => {
      send(world, log, ['1', '2', '3'], [0, 4]);
    });
    expect(orders).toEqual(['1 2 3']);
  });

  test('two channels arrive in any order of each other', async () => {
    const orders = await everyOrder((log, world) => {
      send(world, log, ['1', '2'], [0, 4]);
      send(world, log, ['a', 'b'], [0, 4]);
    });
    expect(orders).toEqual(['1 2 a b', '1 a 2 b', '1 a b 2', 'a 1 2 b', 'a 1 b 2', 'a b 1 2']);
  });

  test('a fast message does not overtake a slow one; both come within the later window', async () => {
    const { result } = await simulate((world) => {
      const channel = createChannel();
      const at: string[] = [];
      const say = (name: string) => (): void => {
        at.push(`${name} at ${String(world.now)}`);
      };
      world.deliver('message', 'slow', world.process, world.task, [8, 9], say('slow'), channel);
      world.deliver('message', 'fast', world.process, world.task, [0, 1], say('fast'), channel);
      return at;
    });
    expect(result).toEqual(['slow at 8', 'fast at 8']);
  });

  test('a message that waited for a slow one has the window of the slow one', async () => {
    const orders = await everyOrder(
      (log, world) => {
        const channel = createChannel();
        const send = (name: string, latency: [number, number]): void => {
          world.deliver('message', name, world.process, world.task, latency, log.bind(null, name), channel);
        };
        send('slow', [8, 9]);
        send('fast', [0, 1]);
        world.complete('other', 9, 20, () => {
          log('other');
        });
      },
      { delays: false },
    );
    expect(orders).toEqual(['other slow fast', 'slow fast other', 'slow other fast']);
  });

  test('a message sent when the channel is empty again travels anew', async () => {
    const { result } = await simulate((world) => {
      const channel = createChannel();
      const at: number[] = [];
      const message = (then: () => void): void => {
        const arrived = (): void => {
          at.push(world.now);
          then();
        };
        world.deliver('message', 'message', world.process, world.task, [5, 5], arrived, channel);
      };
      message(() => {
        setTimeout(message, 10, () => undefined);
      });
      return at;
    });
    expect(result).toEqual([5, 20]);
  });

  test('a message that is taken back lets those behind it pass', async () => {
    const orders = await everyOrder((log, world) => {
      const channel = createChannel();
      const [first, , third] = ['1', '2', '3', '4'].map((name) =>
        world.deliver('message', name, world.process, world.task, [0, 2], log.bind(null, name), channel),
      );
      world.cancel(first!);
      world.cancel(third!);
      world.cancel(third!);
    });
    expect(orders).toEqual(['2 4']);
  });
});

describe('a completion that is taken back', () => {
  test('does not happen, and holds nobody up', async () => {
    const { result, world } = await simulate((here) => {
      const log: string[] = [];
      const event = here.complete('io', 0, 0, () => log.push('taken back'));
      const later = here.complete('later', 50, 50, () => log.push('taken back later'));
      here.complete('other', 1, 1, () => {
        log.push('other');
        here.cancel(later);
      });
      here.cancel(event);
      here.cancel(event);
      return log;
    });
    expect([result, world.now]).toEqual([['other'], 1]);
  });

  test('after it fired, taking it back changes nothing', async () => {
    const { world } = await simulate((here) => {
      const event = here.complete('io', 0, 0, () => undefined);
      setTimeout(() => {
        here.cancel(event);
      }, 1);
    });
    expect([world.turn, world.process.pendingCount()]).toEqual([3, 0]);
  });
});

describe('processes', () => {
  test('the phases of one are not atomic for another', async () => {
    const orders = await everyOrder(
      (log, world) => {
        setImmediate(log, 'I');
        setImmediate(log, 'J');
        start(world, 'other', () => {
          log('other');
        });
      },
      { delays: false },
    );
    expect(orders).toEqual(['I J other', 'I other J', 'other I J']);
  });

  test('a crash drops everything that the process had pending, and nothing of another', async () => {
    const { result, world, ending } = await simulate((here) => {
      const log: string[] = [];
      const victim = start(here, 'victim', () => {
        const say = (what: string) => () => log.push(`victim: ${what}`);
        setTimeout(say('timer'), 5);
        setInterval(say('interval'), 5);
        setImmediate(() => {
          log.push('victim: immediate');
          setImmediate(say('second immediate'));
        });
        here.complete('io', 5, 6, say('io'));
      });
      setTimeout(() => {
        here.crash(victim);
        here.crash(victim);
      }, 3);
      setTimeout(() => log.push('survivor'), 9);
      return log;
    });
    expect(result).toEqual(['victim: immediate', 'victim: second immediate', 'survivor']);
    expect([ending, world.processes.map(({ name }) => name)]).toEqual(['quiescent', ['main']]);
  });

  test('what a process that crashed still does in its turn reaches nobody', async () => {
    const { result, uncaught } = await simulate((here) => {
      const log: string[] = [];
      start(here, 'victim', () => {
        here.crash(here.process);
        const timer = setTimeout(() => log.push('timer'), 1);
        timer.refresh();
        const immediate = setImmediate(() => log.push('immediate'));
        clearImmediate(immediate);
        clearTimeout(timer);
        here.complete('io', 0, 1, () => log.push('io'));
        queueMicrotask(() => log.push('the turn ends'));
      });
      return log;
    });
    expect([result, uncaught]).toEqual([['the turn ends'], []]);
  });

  test('a timer of a crashed process can be cleared and refreshed by whoever still holds it', async () => {
    const { result, ending } = await simulate((here) => {
      const log: string[] = [];
      let timer: NodeJS.Timeout | undefined;
      let event: ReturnType<World['complete']> | undefined;
      const victim = start(here, 'victim', () => {
        timer = setTimeout(() => log.push('timer'), 10);
        event = here.complete('io', 9, 9, () => log.push('io'));
      });
      setTimeout(() => {
        here.crash(victim);
        timer!.refresh();
        clearTimeout(timer);
        here.cancel(event!);
        log.push('crashed');
      }, 3);
      return log;
    });
    expect([result, ending]).toEqual([['crashed'], 'quiescent']);
  });

  test('a process that starts again has a new event loop and new clocks', async () => {
    const { result } = await simulate((here) => {
      const log: [number, number][] = [];
      const main = (): void => {
        setTimeout(() => log.push([performance.now(), Date.now() - EPOCH]), 5);
      };
      const first = start(here, 'worker', main);
      setTimeout(() => {
        here.crash(first);
        start(here, 'worker', main);
      }, 20);
      return log;
    });
    expect(result).toEqual([
      [5, 5],
      [5, 25],
    ]);
  });

  test("code sees the clock of the firing event's process", async () => {
    const { result } = await simulate((here) => {
      const seen: Record<string, number[]> = {};
      const look = (name: string) => (): void => {
        seen[name] = [performance.now(), Date.now() - EPOCH];
      };
      setTimeout(look('main'), 1000);
      start(
        here,
        'fast',
        () => {
          setTimeout(look('fast'), 1500);
        },
        2,
      );
      return seen;
    });
    expect(result).toEqual({ main: [1000, 1000], fast: [1500, 1500] });
  });

  test('clocks that drift let timers of equal duration expire at different instants', async () => {
    const { result } = await simulate((here) => {
      const log: string[] = [];
      for (const [name, rate] of [
        ['slow', 0.5],
        ['true', 1],
        ['fast', 2],
      ] as const) {
        start(here, name, () => setTimeout(() => log.push(`${name} at ${String(here.now)}`), 10), rate);
      }
      return log;
    });
    expect(result).toEqual(['fast at 5', 'true at 10', 'slow at 20']);
  });

  test('a step moves the wall clock only', async () => {
    const { result } = await simulate((here) => {
      const log: number[][] = [];
      setTimeout(() => {
        here.process.clock.step(-3_600_000);
        log.push([performance.now(), Date.now() - EPOCH]);
      }, 10);
      setTimeout(() => log.push([performance.now(), Date.now() - EPOCH]), 20);
      return log;
    });
    expect(result).toEqual([
      [10, 10 - 3_600_000],
      [20, 20 - 3_600_000],
    ]);
  });

  test('the clock of the first process can be declared', async () => {
    const clock = { epoch: 0, offset: 5, rate: 2 };
    const { result } = await simulate(
      () =>
        new Promise((resolve) =>
          setTimeout(() => {
            resolve([Date.now(), performance.now()]);
          }, 100),
        ),
      { clock },
    );
    expect(result).toEqual([105, 100]);
  });
});

describe('tasks', () => {
  test('a continuation belongs to the task that awaits, whichever event resumes it', async () => {
    const { result } = await simulate((here) => {
      const seen: string[] = [];
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      for (const name of ['a', 'b']) {
        here.deliver('start', `start ${name}`, here.process, here.createTask(name), [0, 1], () => {
          void (async () => {
            await gate;
            seen.push(here.currentTask().name);
            await new Promise((resolve) => setTimeout(resolve, 3));
            seen.push(here.currentTask().name);
          })();
        });
      }
      setTimeout(() => {
        release();
        seen.push(here.currentTask().name);
      }, 5);
      return seen;
    });
    expect(result).toEqual(['main', 'a', 'b', 'a', 'b']);
  });

  test('without identity it belongs to the task of the event', async () => {
    const { result } = await simulate(
      (here) => {
        const seen: string[] = [];
        let release: () => void = () => undefined;
        const gate = new Promise<void>((resolve) => (release = resolve));
        here.deliver('start', 'start a', here.process, here.createTask('a'), [0, 1], () => {
          void gate.then(() => seen.push(here.currentTask().name));
        });
        setTimeout(() => {
          release();
        }, 5);
        return seen;
      },
      { identity: false },
    );
    expect(result).toEqual(['main']);
  });

  test('switches are counted where the task of a turn is another than that of the turn before', async () => {
    const { world } = await simulate(
      (here) => {
        for (const name of ['a', 'b']) {
          here.deliver('start', name, here.process, here.createTask(name), [0, 0], () =>
            setTimeout(() => undefined, 1),
          );
        }
      },
      { chooser: randomChooser(3, { delays: false }) },
    );
    expect([world.turn, world.taskSwitches]).toEqual([5, 4]);
  });
});
