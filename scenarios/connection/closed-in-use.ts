import {
  fail,
  fc,
  hold,
  judge,
  scenario,
  sometimes,
  type Expectation,
  type Invariant,
  type Scenario,
  type Sim,
} from 'heddle';
import { asDocumented, asFound, ours, type Pool, type PoolOptions } from './specimens/pools.ts';

/** The host stands still for so long from the beginning of the sweep; a probe waits for 5,000 ms. */
const STALL_MS = 5_300;
const JOB_MS = 500;

interface Client {
  /** Virtual ms after the beginning of the sweep. */
  readonly arrives: number;
}

/** Whoever holds a connection is the only one to close it. */
const notClosedInUse: Invariant<Pool> = {
  name: 'notClosedInUse',
  watch: ({ history: { operations } }) => ({
    told: ({ kind, data }) => {
      if (kind !== 'closed') return undefined;
      const { connection } = data as { connection: string };
      const user = operations.find(
        ({ name, input, outcome }) =>
          name === 'job' && outcome.kind === 'pending' && (input as { connection: string }).connection === connection,
      );
      return user && `${connection} was closed in the hands of ${user.task}, and its host is well`;
    },
  }),
};

/** A connection is at work while the sweep is under way, or is kept back until it is over: as found the lock does that. */
const jobDuringSweep: Invariant<Pool> = sometimes('jobDuringSweep', ({ history: { operations } }) => {
  const sweep = operations.find(({ name }) => name === 'sweep');
  if (sweep === undefined) return false;
  return operations.some(({ name, invokedAt, endedAt, outcome }) => {
    if (invokedAt >= sweep.endedAt || endedAt <= sweep.invokedAt) return false;
    return name === 'job' || (name === 'take' && outcome.kind === 'returned' && endedAt >= sweep.endedAt);
  });
});

/** The host is overloaded for a while: it answers everything, late. */
const stalling =
  (make: (options: PoolOptions) => (sim: Sim) => Pool) =>
  (sim: Sim): Pool => {
    const answer = async (command: string): Promise<string> => {
      if (command === 'job') await sim.io('at work', { latency: JOB_MS });
      if (stallUntil > sim.now) await sim.io('overloaded', { latency: stallUntil - sim.now });
      return command;
    };
    let stallUntil = 0;
    const pool = make({ answer })(sim);
    const sweep = (): Promise<readonly string[]> => {
      stallUntil = sim.now + STALL_MS;
      return pool.sweep();
    };
    return { ...pool, sweep };
  };

function whileChecked(
  name: string,
  about: string,
  arrives: readonly [number, number],
  ofFound: Expectation,
): Scenario<Pool, Client[]> {
  const found = stalling(asFound);
  return scenario<Pool, Client[]>({
    name,
    ids: ['C1'],
    about,
    restsOn: {
      'as-found': 'the removal of what was found dead',
      'as-documented': 'the removal of what was found dead',
    },
    subjects: {
      ours: hold(stalling(ours)),
      'as-found': ofFound === 'fail' ? fail('notClosedInUse', found) : judge(found),
      'as-documented': judge(stalling(asDocumented)),
    },
    workload: fc.array(fc.record({ arrives: fc.integer({ min: arrives[0], max: arrives[1] }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    runs: 300,
    body: async ({ sim, subject, workload }) => {
      await subject.open(workload.length);
      const clients = sim.clients(workload, async ({ arrives }) => {
        await sim.sleep(1_000 + arrives);
        const held = await sim.op('take', {}, () => subject.take());
        if (held === undefined) return;
        await sim.attempt('job', { connection: held.name }, () => held.run('job'));
        await held.giveBack();
      });
      await sim.sleep(1_000);
      await sim.op('sweep', {}, () => subject.sweep());
      await clients;
    },
    invariants: [notClosedInUse, jobDuringSweep],
  });
}

export default [
  whileChecked(
    'connection/handed-out-during-check',
    'A probe of an overloaded host gets no answer in time. Meanwhile the connection was handed out: what the probe says ' +
      'is about the past, and closes it in the hands of its user. As found the lock keeps everybody out until then.',
    [1, 4_990],
    'judge',
  ),
  whileChecked(
    'connection/in-use-when-checked',
    'Connections in use are probed like all others, and closed in the hands of their users when the host is slow.',
    [-JOB_MS, -5],
    'fail',
  ),
];
