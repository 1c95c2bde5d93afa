import { expect, it } from 'vitest';
import { Network } from '../../../src/devices/network/network.ts';
import { turnsOf } from '../../touches.ts';

it('requests touch the host, messages what their receiver gets', async () => {
  const turns = await turnsOf(async (world) => {
    const network = new Network(world, () => undefined, { latency: 1 });
    const station = (name: string): { name: string; current: typeof world.process } => ({
      name,
      current: world.spawn(name),
    });
    const [a, b] = [station('a'), station('b')];
    network.join(b, () => undefined);
    network.send(a, 'b', 'hello');
    const connection = await network.host('cluster').connect();
    await connection.run('echo');
  });
  expect(turns.slice(1)).toEqual([
    'a → b: w messages to b',
    'connect to cluster: anything',
    'cluster#1 echo: w cluster',
    'cluster#1 echo answered: anything',
  ]);
});
