import { always, eventually, fail, fc, hold, judge, scenario, sometimes, type Fact, type Invariant } from 'heddle';
import { dependentsFirst, shutdownInTime, upOf } from './specimens/service-invariants.ts';
import {
  asDocumented,
  asFound,
  givesUpDependents,
  ours,
  type ServiceTerms,
  type Strategy,
  type Supervise,
} from './specimens/services.ts';

/** The two services that the document gives a specification, in the order of their start. */
const CONNECTION_MANAGER = { id: 'connection_manager', restart: 'permanent', shutdownMs: 5_000 } as const;
const RESOURCE_MANAGER = { id: 'resource_manager', restart: 'permanent', shutdownMs: 10_000 } as const;

interface Life {
  readonly restart: 'permanent' | 'transient' | 'temporary';
  readonly endsHow: 'normal' | 'failed';
  readonly endsAfter: number;
}

interface Told {
  readonly services: readonly ServiceTerms[];
  readonly strategy: Strategy;
}

const endedBySelf = (id: string, facts: readonly Fact[]): boolean =>
  facts.some(({ kind, data }) => kind === 'ended' && (data as ServiceTerms).id === id);

/** Something that was started before `id` has ended, and has to be started again. */
function dependencyRestarted(id: string, services: readonly ServiceTerms[], facts: readonly Fact[]): boolean {
  return services.some(
    (each) =>
      each.id < id &&
      (each.restart === 'permanent' || (each.restart === 'transient' && each.endsHow === 'failed')) &&
      endedBySelf(each.id, facts),
  );
}

/** Each is up, or is not, as its type has it. */
const restartedByType: Invariant<Supervise> = eventually('restartedByType', 100, ({ history: { facts } }) => {
  const { services, strategy } = facts[0]!.data as Told;
  const up = upOf(facts);
  return services.every(({ id, restart, endsHow }) => {
    if (restart === 'permanent' || (restart === 'transient' && endsHow === 'failed')) return up.has(id);
    const ended = endedBySelf(id, facts);
    if (strategy === 'one-for-one' || !dependencyRestarted(id, services, facts)) return up.has(id) !== ended;
    // It was stopped with its dependency, and is started again with it, unless that is never done.
    if (restart === 'temporary') return !up.has(id);
    // One that had ended by itself is started again by some, as OTP does, and by others not.
    return ended || up.has(id);
  });
});

export default [
  scenario<Supervise, { connections: number; resources: number }>({
    name: 'supervise/cleanup-time',
    ids: ['F9'],
    about: 'the resource manager needs longer to clean up than a service without a child spec is given, and is killed',
    subjects: { ours: hold(ours), 'as-found': fail('cleansUp', asFound), 'as-documented': judge(asDocumented) },
    restsOn: {
      'as-found': '5000 ms, which is the default of OTP; the 10000 ms of the fix are printed',
    },
    workload: fc.record({
      connections: fc.constantFrom(10, 4_000),
      resources: fc.constantFrom(10, 4_000, 6_000, 9_000),
    }),
    body: async ({ sim, subject, workload: { connections, resources } }) => {
      const services = [
        { ...CONNECTION_MANAGER, stopMs: connections },
        { ...RESOURCE_MANAGER, stopMs: resources },
      ];
      const supervision = subject(services, 'rest-for-one');
      await sim.op('start', {}, () => supervision.start());
      await sim.op('stop', {}, () => supervision.stop());
    },
    invariants: [
      always('cleansUp', ({ history: { facts } }) => {
        const killed = facts.find(({ kind }) => kind === 'killed');
        return killed === undefined || `${(killed.data as ServiceTerms).id} was killed while it was cleaning up`;
      }),
      dependentsFirst,
      shutdownInTime(15_000),
      sometimes('tookLong', ({ now }) => now() > 5_000),
    ],
  }),
  scenario<Supervise, { lives: Life[]; strategy: Strategy }>({
    name: 'supervise/restart-types',
    ids: ['F9'],
    about: 'services end normally or fail; one is not restarted that should be, or one is that should not',
    subjects: {
      ours: hold(ours),
      'as-found': fail('restartedByType', asFound),
      'as-documented': judge(asDocumented),
      'gives-up-dependents': fail('restartedByType', givesUpDependents),
    },
    restsOn: {
      'as-found': 'permanent, which is the default of OTP',
    },
    workload: fc.record({
      lives: fc.array(
        fc.record({
          restart: fc.constantFrom('permanent', 'transient', 'temporary'),
          endsHow: fc.constantFrom('normal', 'failed'),
          endsAfter: fc.integer({ min: 1, max: 10 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      strategy: fc.constantFrom('one-for-one', 'rest-for-one'),
    }),
    body: async ({ sim, subject, workload: { lives, strategy } }) => {
      const services = lives.map((life, index) => ({ ...life, id: String.fromCharCode(97 + index), shutdownMs: 50 }));
      sim.tell('services', { services, strategy });
      const supervision = subject(services, strategy);
      await sim.op('start', {}, () => supervision.start());
      await sim.sleep(30);
    },
    invariants: [
      dependentsFirst,
      restartedByType,
      sometimes('dependencyRestarted', ({ history: { facts } }) => {
        const { services, strategy } = facts[0]!.data as Told;
        return strategy === 'rest-for-one' && services.some(({ id }) => dependencyRestarted(id, services, facts));
      }),
      sometimes('restarted', ({ history: { facts } }) => facts.filter(({ kind }) => kind === 'up').length > 3),
    ],
  }),
];
