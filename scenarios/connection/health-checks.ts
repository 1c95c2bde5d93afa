import { fail, fc, hold, judge, scenario, sometimes, type Invariant, type Scenario } from 'heddle';
import { asDocumented, asFound, ours, type Pool, type PoolOptions } from './specimens/pools.ts';

const CONNECTIONS = 10;
const PROBE_MS = 5_000;
/** A timer may be a millisecond late; every way through the network takes one. */
const SLACK_MS = 5;

/** What a sweep of dead connections costs, in virtual ms. `tools/health-checks.mjs` prints it. */
interface Sweep {
  readonly tookMs: number;
  readonly lockHeldMs: number;
}

const sweepKeeps = (name: string, check: (sweep: Sweep) => string | undefined): Invariant<Pool> => ({
  name,
  watch: () => ({
    ended: ({ name: operation, outcome }) =>
      operation === 'sweep' && outcome.kind === 'returned' ? check(outcome.value as Sweep) : undefined,
  }),
});

/** Ten connections to a cluster that has lost its power, one sweep, and clients who want a connection meanwhile. */
function tenDead(name: string, about: string, invariant: Invariant<Pool>): Scenario<Pool, { arrives: number }[]> {
  const options: PoolOptions = { behaviour: () => 'hangs' };
  return scenario<Pool, { arrives: number }[]>({
    name,
    ids: ['C1'],
    about,
    restsOn: { 'as-found': 'the 5 s that a probe may take, which are given in words' },
    subjects: {
      ours: hold(ours(options)),
      'as-found': fail(invariant.name, asFound(options)),
      'as-documented': judge(asDocumented(options)),
    },
    workload: fc.array(fc.record({ arrives: fc.integer({ min: 1, max: 6_000 }) }), { maxLength: 3 }),
    // A run is a hundred turns, and hardly anything in it can come in another order.
    runs: 200,
    body: async ({ sim, subject, workload }) => {
      await subject.open(CONNECTIONS);
      const held = subject.lock.heldMs;
      const began = sim.now;
      const sweep = sim.op('sweep', { connections: CONNECTIONS }, async (): Promise<Sweep> => {
        await subject.sweep();
        return { tookMs: sim.now - began, lockHeldMs: subject.lock.heldMs - held };
      });
      await sim.clients(workload, async ({ arrives }) => {
        await sim.sleep(arrives);
        const connection = await sim.op('take', {}, () => subject.take());
        await connection?.giveBack();
      });
      await sweep;
    },
    invariants: [
      invariant,
      sometimes('takenDuringSweep', ({ history: { operations } }) => {
        const sweep = operations.find(({ name }) => name === 'sweep');
        return sweep?.outcome.kind === 'pending' && operations.some(({ name }) => name === 'take');
      }),
    ],
  });
}

export default [
  tenDead(
    'connection/lock-during-checks',
    'Health checks wait for the network with the lock in their hands, and with them everybody who wants a connection.',
    sweepKeeps('lockFreeDuringIo', ({ lockHeldMs }) =>
      lockHeldMs > 0 ? `the lock was held for ${lockHeldMs} ms, while requests were on their way` : undefined,
    ),
  ),
  tenDead(
    'connection/sweep-time',
    'Dead connections are waited for one after the other: ten take ten times as long as one.',
    sweepKeeps('sweepTakesOneProbe', ({ tookMs }) =>
      tookMs > PROBE_MS + SLACK_MS ? `${CONNECTIONS} dead connections took ${tookMs} ms` : undefined,
    ),
  ),
];
