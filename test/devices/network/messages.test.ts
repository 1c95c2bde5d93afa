import { describe, expect, it } from 'vitest';
import type { MessageFault, Station } from '../../../src/devices/network/messages.ts';
import { Network } from '../../../src/devices/network/network.ts';
import type { World } from '../../../src/kernel/world.ts';
import { everyOrder } from '../../every-run.ts';
import { resultOf, simulate } from '../../in-world.ts';

const station = (world: World, name: string): Station => ({ name, current: world.spawn(name) });

/** What arrives of two messages, in every run there is. */
const arrivals = (faults: readonly MessageFault[], partitionMs = 5): Promise<string[]> =>
  everyOrder(
    (log, world) => {
      const network = new Network(world, () => undefined, { latency: [0, 1], faults, partitionMs });
      const [a, b] = [station(world, 'a'), station(world, 'b')];
      network.join(b, (message) => {
        log(String(message));
      });
      network.send(a, 'b', 1);
      network.send(a, 'b', 2);
    },
    { delays: false, faults },
  );

describe('messages between two processes', () => {
  it('arrive in order where nothing may go wrong', async () => {
    expect(await arrivals([])).toEqual(['1 2']);
  });

  it('are lost by choice', async () => {
    expect(await arrivals(['loss'])).toEqual(['', '1', '1 2', '2']);
  });

  it('come twice by choice; the copy may come first', async () => {
    const orders = await arrivals(['duplication']);
    expect(orders).toContain('1 1 2 2');
    expect(orders).toContain('1 2 1 2');
    expect(orders).toContain('1 2');
    expect(new Set(orders.map((each) => [...new Set(each.split(' '))].sort().join(' ')))).toEqual(new Set(['1 2']));
  });

  it('overtake each other by choice', async () => {
    expect(await arrivals(['reordering'])).toEqual(['1 2', '2 1']);
  });

  it('do not cross a partition, which heals by itself', async () => {
    expect(await arrivals(['partition'])).toEqual(['', '1', '1 2']);
  });

  it('do not cross a partition that the scenario made, in either direction, until it heals it', async () => {
    const seen = await resultOf(async (world) => {
      const network = new Network(world, () => undefined, { latency: 1 });
      const [a, b] = [station(world, 'a'), station(world, 'b')];
      const got: string[] = [];
      for (const each of [a, b]) {
        network.join(each, (message, from) => {
          got.push(`${from} to ${each.name}: ${String(message)}`);
        });
      }
      const both = async (message: number): Promise<void> => {
        network.send(a, 'b', message);
        network.send(b, 'a', message);
        await new Promise((resolve) => setTimeout(resolve, 10));
      };
      network.partition('b', 'a');
      await both(1);
      network.heal('a', 'b');
      await both(2);
      return got;
    });
    expect(seen).toEqual(['a to b: 2', 'b to a: 2']);
  });

  it('are copies, run in the receiver, and are lost when it is down', async () => {
    const seen: unknown[] = [];
    const played = await simulate((world) => {
      const network = new Network(world, () => undefined, { latency: 1 });
      const [a, b] = [station(world, 'a'), station(world, 'b')];
      const message = { n: 1 };
      network.join(b, (got) => {
        seen.push(got, world.process.name, world.currentTask().name);
        world.crash(b.current);
        network.send(a, 'b', message);
      });
      network.send(a, 'b', message);
      message.n = 2;
    });
    expect(seen).toEqual([{ n: 1 }, 'b', 'b']);
    expect(played.errors).toEqual([]);
  });

  it('need somebody to receive them', async () => {
    const played = await simulate((world) => {
      new Network(world, () => undefined).send(station(world, 'a'), 'nobody', 1);
    });
    expect(played.errors).toEqual(['no station is called "nobody": let it join first']);
  });
});
