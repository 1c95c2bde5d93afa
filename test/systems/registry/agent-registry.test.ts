import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  AgentRegistry,
  type AgentAttributes,
  type AgentHealth,
  type RegistryError,
} from '../../../src/systems/registry/index.ts';
import { Peer } from '../supervise/peer.ts';

const attributes: AgentAttributes = { capabilities: ['plan', 'see'], health: 'healthy', node: 'n1' };
const code = (name: RegistryError['code']): Error =>
  expect.objectContaining({ name: 'RegistryError', code: name }) as Error;
const ids = (found: readonly { readonly id: string }[]): string[] => found.map(({ id }) => id);

describe('an agent', () => {
  it('is found by each of its attributes, and by several', () => {
    const registry = new AgentRegistry();
    const agent = new Peer();
    registry.register('a', agent, attributes);
    registry.register('b', new Peer(), { ...attributes, capabilities: ['see'], node: 'n2' });
    registry.register('c', new Peer(), { ...attributes, health: 'degraded' });
    expect(registry.lookup('a')).toEqual({ id: 'a', agent, ...attributes });
    expect(ids(registry.query())).toEqual(['a', 'b', 'c']);
    expect(ids(registry.query({ capability: 'plan' }))).toEqual(['a', 'c']);
    expect(ids(registry.query({ capability: 'see', health: 'healthy' }))).toEqual(['a', 'b']);
    expect(ids(registry.query({ capability: 'see', health: 'healthy', node: 'n1' }))).toEqual(['a']);
    expect(ids(registry.query({ node: 'nowhere' }))).toEqual([]);
    expect([registry.size, registry.monitors]).toEqual([3, 3]);
  });

  it('is found by what it has become, and no more by what it was', () => {
    const registry = new AgentRegistry();
    registry.register('a', new Peer(), attributes);
    registry.update('a', { capabilities: ['hear'], health: 'unhealthy' });
    expect(registry.contents()).toMatchObject({
      byCapability: { hear: ['a'] },
      byHealth: { unhealthy: ['a'] },
      byNode: { n1: ['a'] },
    });
    expect(Object.keys(registry.contents().byCapability)).toEqual(['hear']);
  });

  it('is removed when it ends, once', () => {
    const registry = new AgentRegistry();
    const agent = new Peer();
    const removed = vi.fn();
    registry.on('removed', ({ id }, why) => {
      removed(id, why);
    });
    registry.register('a', agent, attributes);
    agent.end();
    expect(removed.mock.calls).toEqual([['a', 'down']]);
    expect(registry.contents()).toEqual({ agents: {}, byCapability: {}, byHealth: {}, byNode: {} });
    expect([registry.size, registry.monitors]).toEqual([0, 0]);
  });

  it('that is known to be dead is not found, though the news has not come; its id is free', () => {
    const registry = new AgentRegistry();
    const first = new Peer();
    registry.register('a', first, attributes);
    first.alive = false;
    expect([registry.lookup('a'), registry.query()]).toEqual([undefined, []]);
    const second = new Peer();
    registry.register('a', second, attributes);
    expect([first.monitors.size, registry.monitors]).toEqual([0, 1]);
    expect(registry.lookup('a')?.agent).toBe(second);
  });

  it('that was dead before the monitor was there is refused, and leaves nothing behind', () => {
    const registry = new AgentRegistry();
    const dead = new Peer();
    dead.alive = false;
    expect(() => {
      registry.register('a', dead, attributes);
    }).toThrow(code('not-alive'));
    expect([registry.size, registry.monitors, dead.monitors.size]).toEqual([0, 0, 0]);
  });

  it('that takes over displaces the present one, whose end then removes nobody', () => {
    const registry = new AgentRegistry();
    const first = new Peer();
    // The news is under way already: taking the monitor back does not stop it.
    const news = vi.fn();
    const monitor = first.monitor.bind(first);
    vi.spyOn(first, 'monitor').mockImplementation((onDown) => {
      news.mockImplementation(onDown);
      return monitor(onDown);
    });
    registry.register('a', first, attributes);
    const second = new Peer();
    expect(() => {
      registry.register('a', second, attributes);
    }).toThrow(code('already-registered'));
    expect(second.monitors.size).toBe(0);
    registry.register('a', second, attributes, { takeOver: true });
    news('late');
    expect(registry.lookup('a')?.agent).toBe(second);
    expect([registry.size, registry.monitors]).toEqual([1, 1]);
  });

  it('can only be unregistered by its own name', () => {
    const registry = new AgentRegistry();
    const agent = new Peer();
    registry.register('a', agent, attributes);
    expect(() => {
      registry.unregister('a', new Peer());
    }).toThrow(code('not-owner'));
    registry.unregister('a', agent);
    expect([registry.size, agent.monitors.size]).toEqual([0, 0]);
    expect(() => {
      registry.unregister('a', agent);
    }).toThrow(code('not-registered'));
    expect(() => {
      registry.update('a', {});
    }).toThrow(code('not-registered'));
  });

  it('may be registered under several ids, with a monitor for each', () => {
    const registry = new AgentRegistry();
    const agent = new Peer();
    registry.register('a', agent, attributes);
    registry.register('b', agent, attributes);
    expect([registry.monitors, agent.monitors.size]).toEqual([2, 2]);
    agent.end();
    expect([registry.size, registry.monitors]).toEqual([0, 0]);
  });

  it('whose caller changes its attributes afterwards is found as it was registered', () => {
    const registry = new AgentRegistry();
    const capabilities = ['plan', 'plan'];
    registry.register('a', new Peer(), { ...attributes, capabilities });
    capabilities.push('see');
    expect(registry.contents().byCapability).toEqual({ plan: ['a'] });
  });
});

describe('a transaction', () => {
  it('that throws leaves everything as it was, and tells nobody', () => {
    const registry = new AgentRegistry();
    const [stays, leaves, comes] = [new Peer(), new Peer(), new Peer()];
    registry.register('stays', stays, attributes);
    registry.register('leaves', leaves, attributes);
    const before = registry.contents();
    const heard = vi.fn();
    for (const event of ['registered', 'updated', 'removed'] as const) registry.on(event, heard);
    const error = new Error('last step');
    expect(() => {
      registry.transaction(() => {
        registry.register('comes', comes, attributes);
        registry.update('stays', { health: 'degraded' });
        registry.unregister('leaves', leaves);
        throw error;
      });
    }).toThrow(error);
    expect(registry.contents()).toEqual(before);
    expect([heard.mock.calls.length, comes.monitors.size, leaves.monitors.size, registry.monitors]).toEqual([
      0, 0, 1, 2,
    ]);
    leaves.end();
    expect(ids(registry.query())).toEqual(['stays']);
  });

  it('that holds tells of each of its steps afterwards', () => {
    const registry = new AgentRegistry();
    const heard: string[] = [];
    registry.on('registered', ({ id }) => heard.push(`${id} of ${registry.size}`));
    const result = registry.transaction((inner) => {
      inner.register('a', new Peer(), attributes);
      inner.register('b', new Peer(), attributes);
      return 'done';
    });
    expect([result, heard]).toEqual(['done', ['a of 2', 'b of 2']]);
  });

  it('within another may fail by itself', () => {
    const registry = new AgentRegistry();
    registry.transaction(() => {
      registry.register('a', new Peer(), attributes);
      expect(() => {
        registry.transaction(() => {
          registry.register('b', new Peer(), attributes);
          registry.register('a', new Peer(), attributes);
        });
      }).toThrow(code('already-registered'));
    });
    expect(ids(registry.query())).toEqual(['a']);
    expect(registry.monitors).toBe(1);
  });

  it('that is asynchronous is refused, and taken back', () => {
    const registry = new AgentRegistry();
    expect(() =>
      registry.transaction(async () => {
        registry.register('a', new Peer(), attributes);
        await Promise.resolve();
      }),
    ).toThrow(code('asynchronous-transaction'));
    expect([registry.size, registry.monitors]).toEqual([0, 0]);
  });

  it('in which an agent dies, against the rules, ends with it removed, kept or not', () => {
    for (const fails of [false, true]) {
      const registry = new AgentRegistry();
      const agent = new Peer();
      registry.register('a', agent, attributes);
      const change = (): void => {
        registry.transaction(() => {
          registry.update('a', { health: 'degraded' });
          agent.end();
          if (fails) throw new Error('fails');
        });
      };
      if (fails) expect(change).toThrow('fails');
      else change();
      expect([registry.size, registry.monitors]).toEqual([0, 0]);
    }
  });
});

describe('close', () => {
  it('removes all, takes all monitors back, and refuses what comes', () => {
    const registry = new AgentRegistry();
    const agents = [new Peer(), new Peer()];
    for (const [index, agent] of agents.entries()) registry.register(`${index}`, agent, attributes);
    const removed = vi.fn();
    registry.on('removed', removed);
    registry.close();
    registry.close();
    expect([registry.size, registry.monitors, removed.mock.calls.length]).toEqual([0, 0, 2]);
    expect(agents.map(({ monitors }) => monitors.size)).toEqual([0, 0]);
    expect(registry.query()).toEqual([]);
    expect(() => {
      registry.register('a', new Peer(), attributes);
    }).toThrow(code('closed'));
  });
});

it.each([
  ['an empty id', '', new Peer(), attributes],
  ['no agent', 'a', undefined as never, attributes],
  ['an unknown health', 'a', new Peer(), { ...attributes, health: 'fine' as AgentHealth }],
  ['no capabilities', 'a', new Peer(), { ...attributes, capabilities: 'plan' as never }],
  ['an empty capability', 'a', new Peer(), { ...attributes, capabilities: [''] }],
  ['no node', 'a', new Peer(), { ...attributes, node: undefined as never }],
])('refuses %s', (_, id, agent, given) => {
  const registry = new AgentRegistry();
  expect(() => {
    registry.register(id, agent, given);
  }).toThrow(code('invalid-argument'));
  expect(registry.monitors).toBe(0);
});

describe('against a model', () => {
  const step = fc.record({
    what: fc.constantFrom('register', 'takeOver', 'unregister', 'update', 'end', 'die', 'fail'),
    id: fc.constantFrom('a', 'b', 'c'),
    agent: fc.nat(4),
    health: fc.constantFrom<AgentHealth[]>('healthy', 'degraded', 'unhealthy'),
    capabilities: fc.subarray(['plan', 'see', 'hear']),
  });

  it('any order of operations, deaths and failed transactions leaves tables and monitors that agree', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const registry = new AgentRegistry();
        const agents = Array.from({ length: 5 }, () => new Peer());
        const model = new Map<string, { agent: Peer; health: AgentHealth; capabilities: string[] }>();
        for (const { what, id, agent: index, health, capabilities } of steps) {
          const agent = agents[index]!;
          const present = model.get(id);
          const act = (): void => {
            if (what === 'register') registry.register(id, agent, { ...attributes, health, capabilities });
            if (what === 'takeOver') {
              registry.register(id, agent, { ...attributes, health, capabilities }, { takeOver: true });
            }
            if (what === 'unregister') registry.unregister(id, agent);
            if (what === 'update') registry.update(id, { health, capabilities });
            if (what === 'end') agent.end();
            if (what === 'die') agent.alive = false;
            if (what === 'fail') {
              registry.transaction(() => {
                if (present !== undefined) registry.unregister(id, present.agent);
                registry.register(id, agent, attributes, { takeOver: true });
                throw new Error('fail');
              });
            }
          };
          let threw = false;
          try {
            act();
          } catch {
            threw = true;
          }
          const free = present?.agent.alive !== true;
          const registers = what === 'takeOver' || (what === 'register' && free);
          if (registers && agent.alive) model.set(id, { agent, health, capabilities });
          if (what === 'unregister' && present?.agent === agent) model.delete(id);
          if (what === 'update' && present !== undefined) model.set(id, { ...present, health, capabilities });
          if (what === 'end') for (const [key, each] of model) if (each.agent === agent) model.delete(key);
          const accepted = {
            register: registers && agent.alive,
            takeOver: agent.alive,
            unregister: present?.agent === agent,
            update: present !== undefined,
            end: true,
            die: true,
            fail: false,
          };
          expect(threw).toBe(!accepted[what]);

          const contents = registry.contents();
          expect(Object.keys(contents.agents).sort()).toEqual([...model.keys()].sort());
          const byKey = (keysOf: (each: { health: string; capabilities: string[] }) => string[]): unknown => {
            const expected: Record<string, string[]> = {};
            for (const [key, each] of model) for (const value of keysOf(each)) (expected[value] ??= []).push(key);
            return Object.fromEntries(Object.entries(expected).map(([value, keys]) => [value, keys.sort()]));
          };
          expect(contents.byHealth).toEqual(byKey((each) => [each.health]));
          expect(contents.byCapability).toEqual(byKey((each) => each.capabilities));
          expect([registry.size, registry.monitors]).toEqual([model.size, model.size]);
          expect(agents.reduce((sum, each) => sum + each.monitors.size, 0)).toBe(model.size);
          for (const [key, each] of model)
            expect(registry.lookup(key)?.agent).toBe(each.agent.alive ? each.agent : undefined);
        }
        registry.close();
        expect(agents.every((each) => each.monitors.size === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
