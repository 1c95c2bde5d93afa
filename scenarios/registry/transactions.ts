import { always, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { indexesAgree } from './specimens/invariants.ts';
import { asDocumented, asFound, ours, type Cast } from './specimens/registries.ts';

const attributes = { capabilities: ['plan'], health: 'healthy', node: 'n1' } as const;
const PATIENCE_MS = 1_000;

export default [
  scenario<Cast, { from: 'one' | 'other'; at: number }[]>({
    name: 'registry/two-registries',
    ids: ['F2'],
    about: 'a transaction in one registry asks the other, whose transaction asks the first: both wait for each other',
    subjects: {
      ours: hold(ours),
      'as-found': fail('noDeadlockOfServers', asFound),
      'as-documented': judge(asDocumented),
    },
    restsOn: {
      'as-found': 'that a server which waits answers nobody; "within a single registry" is printed',
      'as-documented': 'that a server which waits answers nobody; "within a single registry" is printed',
    },
    workload: fc.array(fc.record({ from: fc.constantFrom('one', 'other'), at: fc.nat(10) }), {
      minLength: 1,
      maxLength: 4,
    }),
    body: async ({ sim, subject: { registry, other, agents }, workload }) => {
      const agent = agents[0]!;
      // Each is reached from the other over a network.
      const far = {
        one: sim.device('other', other, { latency: [1, 3] }),
        other: sim.device('one', registry, { latency: [1, 3] }),
      };
      const near = { one: registry, other };
      await sim.clients(workload, async ({ from, at }, name) => {
        await sim.io('arrive', { latency: at });
        await sim.attempt('transaction', { from }, () =>
          near[from].transaction(name, agent, attributes, () => far[from].register(name, agent, attributes)),
        );
      });
    },
    invariants: [
      always('noDeadlockOfServers', ({ now, history: { operations } }) => {
        const stuck = operations.find(({ invokedAt, endedAt }) => Math.min(endedAt, now()) - invokedAt > PATIENCE_MS);
        return stuck === undefined || `${stuck.task} has waited since ${stuck.invokedAt} ms for its transaction`;
      }),
      sometimes('bothAtOnce', ({ history: { operations } }) => {
        const open = operations.filter(({ outcome }) => outcome.kind === 'pending');
        return new Set(open.map(({ input }) => (input as { from: string }).from)).size === 2;
      }),
    ],
  }),
  scenario<Cast, string[][]>({
    name: 'registry/failed-transaction',
    ids: ['F2'],
    about: 'a transaction fails at its second operation, and its first one stays',
    subjects: { ours: hold(ours), 'as-found': fail('allOrNothing', asFound), 'as-documented': judge(asDocumented) },
    restsOn: {
      'as-found': 'that nothing is taken back: the document speaks of serialisation only',
      'as-documented': 'that nothing is taken back: the document speaks of serialisation only',
    },
    workload: fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    }),
    body: async ({ sim, subject: { registry, agents }, workload }) => {
      await sim.clients(workload, async (ids, _name, index) => {
        await sim.io('arrive', { latency: [0, 5] });
        await sim.attempt('registerAll', { ids, agent: agents[index]!.name }, () =>
          registry.registerAll(ids, agents[index]!, attributes),
        );
      });
    },
    invariants: [
      indexesAgree,
      always('allOrNothing', ({ subject: { registry }, history: { operations } }) => {
        for (const { outcome, input } of operations) {
          const { ids, agent } = input as { ids: string[]; agent: string };
          const left = ids.find((id) => registry.holder(id)?.name === agent);
          if (outcome.kind === 'threw' && left !== undefined) {
            return `the transaction of ${agent} failed, and ${left} is registered by it`;
          }
        }
        return true;
      }),
      sometimes('oneFailed', ({ history: { operations } }) =>
        operations.some(({ outcome }) => outcome.kind === 'threw'),
      ),
    ],
  }),
];
