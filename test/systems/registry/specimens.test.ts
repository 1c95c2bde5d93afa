import { describe, expect, it } from 'vitest';
import * as documented from '../../../scenarios/registry/specimens/as-documented.ts';
import * as found from '../../../scenarios/registry/specimens/as-found.ts';
import { Peer } from '../supervise/peer.ts';

/** What the scenarios must see of the specimens, each shown by itself. */

const metadata = { capabilities: ['plan'], health: 'healthy', node: 'n1' } as const;
const settled = (): Promise<void> => Promise.resolve().then(() => Promise.resolve());

describe.each([
  ['as found', found.AgentRegistry],
  ['as documented', documented.AgentRegistry],
])('the registry %s', (_, AgentRegistry) => {
  it('registers the living, refuses the dead and the second, and forgets who dies', async () => {
    const registry = new AgentRegistry();
    const agent = new Peer();
    const dead = new Peer();
    dead.end();
    await registry.register('a', agent, metadata);
    await expect(registry.register('b', dead, metadata)).rejects.toThrow('process_not_alive');
    await expect(registry.register('a', new Peer(), metadata)).rejects.toThrow('already_exists');
    await registry.update('a', { ...metadata, node: 'n2' });
    expect([[...registry.nodeIndex.keys()], registry.monitors.size]).toEqual([['n2'], 1]);
    agent.end();
    await settled();
    expect([registry.main.size, registry.capabilityIndex.size, registry.monitors.size]).toEqual([0, 0, 0]);
  });

  it('refuses an id whose agent is dead until the news of it comes', async () => {
    const registry = new AgentRegistry();
    const agent = new Peer();
    await registry.register('a', agent, metadata);
    agent.alive = false;
    await expect(registry.register('a', new Peer(), metadata)).rejects.toThrow('already_exists');
  });

  it('keeps what a failed transaction did first', async () => {
    const registry = new AgentRegistry();
    const transaction = registry.atomicTransaction((inner) => {
      inner.doRegister('a', new Peer(), metadata);
      inner.doRegister('a', new Peer(), metadata);
    });
    await expect(transaction).rejects.toThrow('already_exists');
    expect(registry.main.has('a')).toBe(true);
  });
});

describe('a monitor of an agent that was unregistered', () => {
  const unregistered = async (registry: found.AgentRegistry): Promise<[Peer, Peer]> => {
    const [first, second] = [new Peer(), new Peer()];
    await registry.register('a', first, metadata);
    await registry.unregister('a');
    await registry.register('a', second, metadata);
    return [first, second];
  };

  it('as found stays, and its DOWN removes the successor', async () => {
    const registry = new found.AgentRegistry();
    const [first] = await unregistered(registry);
    expect(first.monitors.size).toBe(1);
    first.end();
    await settled();
    expect(registry.main.has('a')).toBe(false);
  });

  it('as documented is taken back', async () => {
    const registry = new documented.AgentRegistry();
    const [first, second] = await unregistered(registry);
    expect(first.monitors.size).toBe(0);
    first.end();
    await settled();
    expect(registry.main.get('a')?.agent).toBe(second);
  });
});
