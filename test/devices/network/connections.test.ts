import { describe, expect, it } from 'vitest';
import { Network } from '../../../src/devices/network/network.ts';
import type { HostOptions, NetworkHost } from '../../../src/devices/network/host.ts';
import { NetworkError } from '../../../src/devices/network/network-error.ts';
import type { World } from '../../../src/kernel/world.ts';
import { randomChooser } from '../../choosers.ts';
import { everyOrder } from '../../every-run.ts';
import { resultOf, simulate } from '../../in-world.ts';

const hostIn = (world: World, options: HostOptions = {}): NetworkHost =>
  new Network(world, () => undefined, { latency: 2 }).host('cluster', options);

const failure = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    return await promise;
  } catch (error) {
    return error instanceof NetworkError ? `${error.code} ${error.place}` : (error as Error).name;
  }
};

describe('a connection', () => {
  it('answers after the way there and back, and passes on what the host throws', async () => {
    const answer = (command: string): string => {
      if (command === 'rm') throw new RangeError('no');
      return command.toUpperCase();
    };
    const seen = await resultOf(async (world) => {
      const connection = await hostIn(world, { answer }).connect();
      const times = [world.now];
      const answers = [await failure(connection.run('echo test')), await failure(connection.run('rm'))];
      return { times: [...times, world.now], answers, name: connection.name };
    });
    expect(seen).toEqual({ times: [4, 12], answers: ['ECHO TEST', 'RangeError'], name: 'cluster#1' });
  });

  it('hangs as the scenario says: only its own time-out ends the waiting', async () => {
    const behaviour = (index: number): 'hangs' | 'answers' => (index === 2 ? 'hangs' : 'answers');
    const seen = await resultOf(async (world) => {
      const host = hostIn(world, { behaviour });
      const [first, second] = [await host.connect(), await host.connect()];
      const before = world.now;
      const answers = await Promise.all([
        failure(first.run('a')),
        failure(second.run('a', { signal: AbortSignal.timeout(5000) })),
      ]);
      return { answers, took: world.now - before, open: [first.isOpen, second.isOpen], underWay: second.underWay };
    });
    expect(seen).toEqual({ answers: ['a', 'TimeoutError'], took: 5000, open: [true, true], underWay: 0 });
  });

  it('that hangs leaves nothing pending', async () => {
    const played = await simulate(async (world) => {
      const connection = await hostIn(world, { behaviour: () => 'hangs' }).connect();
      await connection.run('a');
    });
    expect(played.ending).toBe('quiescent');
  });

  it('that is reset fails what is under way, and everything later', async () => {
    const seen = await resultOf(async (world) => {
      const host = hostIn(world, { behaviour: () => 'resets' });
      const connection = await host.connect();
      const answers = await Promise.all([failure(connection.run('a')), failure(connection.run('b'))]);
      return [...answers, await failure(connection.run('c')), connection.isOpen, host.connections.length];
    });
    expect(seen).toEqual([...Array<string>(3).fill('ECONNRESET cluster#1'), false, 0]);
  });

  it('that is closed fails what is under way, once', async () => {
    const seen = await resultOf(async (world) => {
      const host = hostIn(world);
      const connection = await host.connect();
      const open = host.connections.length;
      const running = failure(connection.run('a'));
      connection.close();
      connection.close();
      return [open, await running, host.connections.length, host.opened];
    });
    expect(seen).toEqual([1, 'ERR_SOCKET_CLOSED cluster#1', 0, 1]);
  });

  it('keeps the order of requests and of answers, whatever the latencies', async () => {
    const orders = await everyOrder(
      (log, world) => {
        const host = new Network(world, () => undefined, { latency: [0, 2] }).host('h');
        void host.connect().then((connection) => {
          for (const command of ['a', 'b']) void connection.run(command).then(log as (answer: unknown) => void);
        });
      },
      { delays: true },
    );
    expect(orders).toEqual(['a b']);
  });

  it('with a latency of its own is slow', async () => {
    const took = await resultOf(async (world) => {
      const connection = await hostIn(world, { behaviour: () => ({ latency: 100 }) }).connect();
      const before = world.now;
      await connection.run('a');
      return world.now - before;
    });
    expect(took).toBe(200);
  });
});

describe('connecting', () => {
  it('is refused, or never answered, as the scenario says', async () => {
    const seen = await resultOf(async (world) => {
      const host = hostIn(world);
      host.reachability = 'refuses';
      const refused = await failure(host.connect());
      host.reachability = 'silent';
      return [refused, await failure(host.connect({ signal: AbortSignal.timeout(50) })), host.opened];
    });
    expect(seen).toEqual(['ECONNREFUSED cluster', 'TimeoutError', 0]);
  });

  it('that was aborted opens nothing', async () => {
    const opened = await resultOf(async (world) => {
      const host = hostIn(world);
      const abort = new AbortController();
      const outcome = failure(host.connect({ signal: abort.signal }));
      abort.abort();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [await outcome, host.opened];
    });
    expect(opened).toEqual(['AbortError', 0]);
  });
});

describe('faults', () => {
  it('are choices, of which the first is none, and every one of them happens', async () => {
    const faults = ['refuse', 'hang', 'reset', 'slow'] as const;
    const outcomes = await everyOrder(
      (log, world) => {
        const host = hostIn(world, { faults, slowMs: 30 });
        void failure(
          host.connect().then((connection) => connection.run('a', { signal: AbortSignal.timeout(100) })),
        ).then((outcome) => {
          log(`${String(outcome)} at ${String(world.now)}`);
        });
      },
      { delays: false, faults },
    );
    expect(outcomes).toEqual([
      'ECONNREFUSED cluster at 4',
      'ECONNRESET cluster#1 at 6',
      'ECONNRESET cluster#1 at 8',
      'TimeoutError at 104',
      'a at 38',
      'a at 8',
    ]);
  });

  it('cease when the world says so', async () => {
    const played = await simulate(
      async (world) => {
        world.faultsCeased = true;
        return (await hostIn(world, { faults: ['reset'] }).connect()).run('a');
      },
      { chooser: randomChooser(1, { faults: ['reset'] }) },
    );
    expect(played.result).toBe('a');
  });
});
