import { always, inputOf, type Invariant } from 'heddle';
import type { Cast, Index } from './registries.ts';

const IDS = ['a', 'b'];

function indexOf(entries: readonly (readonly [string, readonly string[]])[]): Index {
  const index: Record<string, string[]> = {};
  for (const [id, keys] of entries) for (const key of new Set(keys)) (index[key] ??= []).push(id);
  return Object.fromEntries(
    Object.keys(index)
      .sort()
      .map((key) => [key, index[key]!.sort()]),
  );
}

/** After every turn each index says what the table of ids says. */
export const indexesAgree: Invariant<Cast> = always('indexesAgree', ({ subject: { registry } }) => {
  const { attributes, ...indexes } = registry.tables();
  const entries = Object.entries(attributes);
  const expected = {
    byCapability: indexOf(entries.map(([id, { capabilities }]) => [id, capabilities])),
    byHealth: indexOf(entries.map(([id, { health }]) => [id, [health]])),
    byNode: indexOf(entries.map(([id, { node }]) => [id, [node]])),
  };
  const [got, want] = [JSON.stringify(indexes), JSON.stringify(expected)];
  return got === want || `the indexes are ${got}; by the table of ids they should be ${want}`;
});

/** Once the news of its end has come, an agent is not registered. */
export const noDeadStays: Invariant<Cast> = always('noDeadStays', ({ subject: { registry } }) => {
  const id = IDS.find((each) => registry.holder(each)?.known === true);
  return id === undefined || `${registry.holder(id)!.name} is registered as ${id}, and is known to be dead`;
});

/** Who was registered, and neither died nor was unregistered since, is registered. */
export const liveStays: Invariant<Cast> = {
  name: 'liveStays',
  watch: ({ subject: { registry, agents } }) => {
    const expected = new Map<string, string>();
    return {
      ended: (operation) => {
        const { id, agent } = inputOf(operation) as { id: string; agent: string };
        if (operation.outcome.kind !== 'returned') return undefined;
        if (operation.name === 'register') expected.set(id, agent);
        if (operation.name === 'unregister') expected.delete(id);
        return undefined;
      },
      afterTurn: () => {
        for (const [id, name] of expected) {
          if (agents.find((each) => each.name === name)?.dead === true) expected.delete(id);
          else if (registry.holder(id)?.name !== name) return `${name} lives, and is not registered as ${id} any more`;
        }
        return undefined;
      },
    };
  },
};

/** Counted at the agents: one monitor for each registration, and none besides. */
export const noMonitorLeaks: Invariant<Cast> = {
  ...always<Cast>('noMonitorLeaks', ({ subject: { registry, agents } }) => {
    const monitors = agents.reduce((sum, agent) => sum + agent.monitors, 0);
    const registered = IDS.filter((id) => registry.holder(id) !== undefined).length;
    return monitors === registered || `${monitors} monitors for ${registered} registered agents`;
  }),
  kind: 'leak',
};
