import { atRest, fail, fc, hold, judge, scenario, sometimes, type Sim } from 'heddle';
import type { AgentAttributes } from 'heddle/systems';
import type { Agent } from './specimens/agent.ts';
import { indexesAgree, liveStays, noDeadStays, noMonitorLeaks } from './specimens/invariants.ts';
import { aliveThenMonitor, asDocumented, asFound, ours, tableByTable, type Cast } from './specimens/registries.ts';

interface Step {
  readonly what: 'register' | 'unregister' | 'update' | 'end';
  readonly id: string;
  readonly agent: number;
  readonly at: number;
  readonly attributes: AgentAttributes;
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step['what'][]>('register', 'unregister', 'update', 'end', 'register'),
    id: fc.constantFrom('a', 'b'),
    agent: fc.nat(5),
    at: fc.nat(20),
    attributes: fc.record({
      capabilities: fc.subarray(['plan', 'see']),
      health: fc.constantFrom<AgentAttributes['health'][]>('healthy', 'degraded'),
      node: fc.constantFrom('n1', 'n2'),
    }),
  }),
  { minLength: 1, maxLength: 10 },
);

/** Each step is somebody's, at its own time. */
async function perform(sim: Sim, { registry, agents }: Cast, workload: readonly Step[]): Promise<void> {
  await sim.clients(workload, async ({ what, id, agent: index, at, attributes }) => {
    const agent = agents[index]!;
    const input = { id, agent: agent.name };
    await sim.io('arrive', { latency: at });
    if (what === 'end') await agent.end();
    if (what === 'register') await sim.attempt('register', input, () => registry.register(id, agent, attributes));
    if (what === 'update') await sim.attempt('update', input, () => registry.update(id, attributes));
    const holder = registry.holder(id);
    if (what !== 'unregister' || holder === undefined) return;
    await sim.attempt('unregister', { id, agent: holder.name }, () => registry.unregister(id, holder));
  });
}

const endedWhileRegistered = sometimes<Cast>('endedWhileRegistered', ({ subject: { registry } }) =>
  ['a', 'b'].some((id) => registry.holder(id)?.dead === true),
);

export default [
  scenario<Cast, Step[]>({
    name: 'registry/indexes-agree',
    ids: ['F2', 'F6'],
    // Holds for all: an operation is one step, on one event loop; and alive and monitor are two lines of it.
    about:
      'agents register, change, leave and die; an index lags behind, or a dead one stays: not where an operation is one turn',
    subjects: {
      ours: hold(ours),
      'as-found': judge(asFound),
      'as-documented': judge(asDocumented),
      'table-by-table': fail('indexesAgree', tableByTable),
    },
    workload: steps,
    body: async ({ sim, subject, workload }) => {
      await perform(sim, subject, workload);
    },
    invariants: [indexesAgree, noDeadStays, endedWhileRegistered],
  }),
  scenario<Cast, { near: boolean; others: ('register' | 'unregister')[] }>({
    name: 'registry/alive-then-monitor',
    ids: ['F6'],
    about: 'an agent dies between alive check and monitor: cannot be on one event loop, unless the monitor is far away',
    subjects: {
      ours: hold(ours),
      'as-found': judge(asFound),
      'as-documented': judge(asDocumented),
      'far-monitor': fail('noDeadStays', aliveThenMonitor),
    },
    every: [true, false].flatMap((near) => [
      { near, others: [] },
      { near, others: ['register'] },
      { near, others: ['unregister'] },
    ]),
    body: async ({ sim, subject: { registry, agents }, workload: { near, others } }) => {
      const attributes = { capabilities: ['plan'], health: 'healthy', node: 'n1' } as const;
      const [first, second] = agents.filter((agent) => agent.near === near) as [Agent, Agent];
      first.newsTakes = [0, 0];
      const register = (agent: Agent): Promise<unknown> =>
        sim.attempt('register', { id: 'a', agent: agent.name }, () => registry.register('a', agent, attributes));
      await sim.clients(['die', 'join', ...others], async (what) => {
        if (what === 'die') await first.end();
        if (what === 'join') await register(first);
        if (what === 'register') await register(second);
        const holder = registry.holder('a');
        if (what !== 'unregister' || holder === undefined) return;
        await sim.attempt('unregister', { id: 'a', agent: holder.name }, () => registry.unregister('a', holder));
      });
    },
    invariants: [
      noDeadStays,
      indexesAgree,
      sometimes(
        'diedUnregistered',
        ({ subject: { registry, agents }, history: { operations } }) =>
          operations.length === 0 &&
          registry.holder('a') === undefined &&
          agents.some(({ dead, known }) => dead && !known),
      ),
      endedWhileRegistered,
    ],
  }),
  scenario<Cast, { near: boolean; dies: number; leaves: number; next: number }>({
    name: 'registry/late-down',
    ids: ['F6', 'F3'],
    about:
      'an agent is unregistered and dies; the news comes when its id belongs to another, and removes the living one',
    subjects: { ours: hold(ours), 'as-found': fail('liveStays', asFound), 'as-documented': judge(asDocumented) },
    restsOn: {
      'as-found': 'that no monitor is taken back, and that a DOWN is understood by the id',
    },
    workload: fc.record({ near: fc.boolean(), dies: fc.nat(8), leaves: fc.nat(8), next: fc.nat(8) }),
    body: async ({ sim, subject: { registry, agents }, workload: { near, dies, leaves, next } }) => {
      const attributes = { capabilities: ['plan'], health: 'healthy', node: 'n1' } as const;
      const [first, second] = agents.filter((agent) => agent.near === near) as [Agent, Agent];
      const register = (agent: Agent): Promise<unknown> =>
        sim.attempt('register', { id: 'a', agent: agent.name }, () => registry.register('a', agent, attributes));
      await register(first);
      await Promise.all([
        sim.io('crash', { latency: dies }).then(() => first.end()),
        sim.io('leave', { latency: leaves }).then(async () => {
          await sim.attempt('unregister', { id: 'a', agent: first.name }, () => registry.unregister('a', first));
          await sim.io('next', { latency: next });
          await register(second);
        }),
      ]);
    },
    invariants: [
      liveStays,
      indexesAgree,
      noDeadStays,
      sometimes('replacedBeforeTheNews', ({ subject: { registry, agents } }) => {
        const next = registry.holder('a');
        return next !== undefined && !next.dead && agents.some(({ dead, known }) => dead && !known);
      }),
    ],
  }),
  scenario<Cast, Step[]>({
    name: 'registry/monitors',
    ids: ['F3'],
    about: 'monitors of agents that left, or that were refused, are never taken back',
    subjects: { ours: hold(ours), 'as-found': fail('noMonitorLeaks', asFound), 'as-documented': judge(asDocumented) },
    restsOn: {
      'as-found': 'that no monitor is taken back: the leak that the report speaks of',
    },
    workload: steps,
    body: async ({ sim, subject, workload }) => {
      await perform(sim, subject, workload);
    },
    shutdown: ({ subject: { registry } }) => {
      registry.close();
    },
    invariants: [
      noMonitorLeaks,
      atRest('noMonitorAfterClose', ({ subject: { agents } }) => agents.every(({ monitors }) => monitors === 0)),
      endedWhileRegistered,
    ],
  }),
  scenario<Cast, { near: boolean; at: number; again: number }>({
    name: 'registry/come-back',
    ids: ['F6'],
    about: 'an agent crashes, is started again and registers before the news of its end; it is refused, then forgotten',
    subjects: { ours: hold(ours), 'as-found': fail('comesBack', asFound), 'as-documented': judge(asDocumented) },
    restsOn: {
      'as-found': 'that an id which is taken is refused, whether its agent lives or not',
      'as-documented': 'that an id which is taken is refused, whether its agent lives or not',
    },
    workload: fc.record({ near: fc.boolean(), at: fc.nat(10), again: fc.nat(6) }),
    body: async ({ sim, subject: { registry, agents }, workload: { near, at, again } }) => {
      const attributes = { capabilities: [], health: 'healthy', node: 'n1' } as const;
      const [first, second] = agents.filter((agent) => agent.near === near) as [Agent, Agent];
      await sim.op('register', { id: 'a', agent: first.name }, () => registry.register('a', first, attributes));
      await sim.io('crash', { latency: at });
      const news = first.end();
      await sim.io('start again', { latency: again });
      const input = { id: 'a', agent: second.name };
      await sim.attempt('register', input, () => registry.comeBack('a', second, attributes));
      await news;
    },
    invariants: [
      indexesAgree,
      noDeadStays,
      liveStays,
      atRest('comesBack', ({ subject: { registry } }) => {
        return registry.holder('a') !== undefined || 'the agent that came back lives, and nobody is registered as a';
      }),
      sometimes(
        'beforeTheNews',
        ({ subject: { agents }, history: { operations } }) =>
          operations.length === 2 && agents.some(({ dead, known }) => dead && !known),
      ),
    ],
  }),
];
