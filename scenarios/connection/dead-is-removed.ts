import { afterBody, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, raising, unbounded, type Pool, type PoolOptions } from './specimens/pools.ts';

/** `deaf`: it hangs, and nothing can be cancelled on it. */
type Health = 'well' | 'hangs' | 'resets' | 'deaf';
type Workload = { health: Health }[];

interface Subject {
  /** What the connections are, in the order in which they are opened; set before any is. */
  health: readonly Health[];
  readonly pool: Pool;
}

const withHealth =
  (make: (options: PoolOptions) => (sim: Parameters<ReturnType<typeof ours>>[0]) => Pool) =>
  (sim: Parameters<ReturnType<typeof ours>>[0]): Subject => {
    const of = (index: number): Health => subject.health[index - 1] ?? 'well';
    const subject: { health: readonly Health[]; pool: Pool } = {
      health: [],
      pool: make({
        behaviour: (index) => {
          const health = of(index);
          if (health === 'well') return 'answers';
          return health === 'resets' ? 'resets' : 'hangs';
        },
        deaf: (index) => of(index) === 'deaf',
      })(sim),
    };
    return subject;
  };

export default scenario<Subject, Workload>({
  name: 'connection/dead-is-removed',
  ids: ['C1'],
  about:
    'Some connections hang, some are reset, some cannot even be cancelled, the rest is well. One sweep removes all of ' +
    'the dead and none of the rest. An exception that names no connection removes nothing; a probe without a time-out ' +
    'stops the sweep. Whether the documented fix does rests on completed lines: it prints no `_check_one`.',
  subjects: {
    ours: hold(withHealth(ours)),
    'as-found': judge(withHealth(asFound)),
    'as-documented': judge(withHealth(asDocumented)),
    'as-documented-raising': fail('deadIsRemoved', withHealth(raising)),
    'as-documented-unbounded': fail('everyOperationSettles', withHealth(unbounded)),
  },
  workload: fc.array(fc.record({ health: fc.constantFrom<Health>('well', 'hangs', 'resets', 'deaf') }), {
    minLength: 1,
    maxLength: 4,
  }),
  runs: 300,
  body: async ({ sim, subject, workload }) => {
    subject.health = workload.map(({ health }) => health);
    await subject.pool.open(workload.length);
    await sim.op('sweep', {}, async () => ({ reported: await subject.pool.sweep() }));
  },
  invariants: [
    afterBody('deadIsRemoved', ({ subject: { health, pool } }) => {
      const left = pool.host.connections.map(({ name }) => name);
      const well = health.flatMap((each, i) => (each === 'well' ? [`cluster#${i + 1}`] : []));
      return left.join() === well.join() || `${left.join()} is left, ${well.join() || 'none'} is well`;
    }),
    sometimes('someLiveSomeDie', ({ subject: { health } }) => health.includes('well') && new Set(health).size > 2),
  ],
});
