import { describe, expect, it } from 'vitest';
import { AgentRegistry, type AgentAttributes } from '../../../src/systems/registry/index.ts';
import { Peer } from '../supervise/peer.ts';

const attributes: AgentAttributes = { capabilities: ['plan'], health: 'healthy', node: 'n1' };

describe('the order of a registry', () => {
  it('of events is that of the changes, also when a listener changes something in the middle of a transaction', () => {
    const registry = new AgentRegistry();
    const [a, b, spare] = [new Peer(), new Peer(), new Peer()];
    registry.register('a', a, attributes);
    registry.register('b', b, attributes);
    const mirror = new Map(registry.query().map(({ id, agent }) => [id, agent]));
    registry.on('registered', ({ id, agent }) => mirror.set(id, agent));
    registry.on('removed', ({ id }) => mirror.delete(id));
    registry.once('removed', () => {
      registry.register('b', spare, attributes);
    });
    registry.transaction(() => {
      registry.unregister('a', a);
      registry.unregister('b', b);
    });
    expect(registry.lookup('b')?.agent).toBe(spare);
    expect([...mirror]).toEqual([['b', spare]]);
    expect(registry.monitors).toBe(1);
  });

  it('of agents is that of their registration, whatever has become of them since', () => {
    const registry = new AgentRegistry();
    const first = new Peer();
    registry.register('a', first, attributes);
    registry.register('b', new Peer(), attributes);
    registry.update('a', { health: 'degraded' });
    registry.update('a', { health: 'healthy' });
    expect(registry.query({ health: 'healthy' }).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(() => {
      registry.transaction(() => {
        registry.unregister('a', first);
        throw new RangeError('no');
      });
    }).toThrow(RangeError);
    expect(registry.query().map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
