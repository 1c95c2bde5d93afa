import { fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, type Pool } from './specimens/pools.ts';

const DEAD = 3;

/** The first connections hang; whatever is opened later is well. */
const options = { behaviour: (index: number): 'hangs' | 'answers' => (index <= DEAD ? 'hangs' : 'answers') };

/** A connection that is well is closed by those only who replace it. */
const freshStays: Invariant<Pool> = {
  name: 'freshStays',
  watch: ({ history: { operations } }) => ({
    told: ({ kind, data, task }) => {
      if (kind !== 'closed') return undefined;
      const { connection } = data as { connection: string };
      const dead = Number(connection.split('#')[1]) <= DEAD;
      const replacing = operations.some((each) => each.name === 'replace' && each.outcome.kind === 'pending');
      return dead || replacing ? undefined : `${connection}, which is well, was closed by ${task}`;
    },
  }),
};

export default scenario<Pool, { arrives: number }[]>({
  name: 'connection/replaced-during-check',
  ids: ['C1'],
  about:
    'While a sweep waits for dead connections they are replaced by fresh ones. The results of the sweep are about the ' +
    'old ones: the fresh ones stay. They do: a result names its connection, and closing a connection ends its probe.',
  subjects: {
    ours: hold(ours(options)),
    'as-found': judge(asFound(options)),
    'as-documented': judge(asDocumented(options)),
  },
  workload: fc.array(fc.record({ arrives: fc.integer({ min: 1, max: 4_990 }) }), { minLength: 1, maxLength: 2 }),
  runs: 300,
  body: async ({ sim, subject, workload }) => {
    await subject.open(DEAD);
    const sweep = sim.op('sweep', {}, () => subject.sweep());
    await sim.clients(workload, async ({ arrives }) => {
      await sim.sleep(arrives);
      await sim.op('replace', {}, () => subject.replace());
    });
    await sweep;
    // Whoever takes one now can work with it.
    await sim.op('job', {}, async () => (await subject.take())?.run('job'));
  },
  invariants: [
    freshStays,
    sometimes('replacedDuringSweep', ({ history: { operations } }) => {
      const sweep = operations.find(({ name }) => name === 'sweep');
      return operations.some(({ name, invokedTurn }) => name === 'replace' && invokedTurn <= (sweep?.endedTurn ?? 0));
    }),
  ],
});
