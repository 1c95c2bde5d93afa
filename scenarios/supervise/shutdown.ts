import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import {
  dependentsFirst,
  nothingLeftUp,
  nothingStaysUp,
  shutdownInTime,
  upOf,
} from './specimens/service-invariants.ts';
import {
  allAtOnce,
  leavesBehind,
  asDocumented,
  ours,
  type ServiceTerms,
  type Strategy,
  type Supervise,
} from './specimens/services.ts';

/** Of F13 the fix is a comment: what was found is what is documented. */
const asFound = asDocumented;
const shutdownMs = 50;
const name = (index: number): string => String.fromCharCode(97 + index);

/** Services a, b, c …, each of which needs those before it. */
function named(services: readonly Omit<ServiceTerms, 'id'>[]): ServiceTerms[] {
  return services.map((each, index) => ({ ...each, id: name(index), shutdownMs }));
}

export default [
  scenario<Supervise, { services: Omit<ServiceTerms, 'id'>[]; at: number }>({
    name: 'supervise/shutdown-order',
    ids: ['F13'],
    about: 'services end, are restarted, and are shut down; one that others need is stopped before them',
    subjects: {
      ours: hold(ours),
      'as-found': judge(asFound),
      'as-documented': judge(asDocumented),
      'all-at-once': fail('dependentsFirst', allAtOnce),
    },
    workload: fc.record({
      services: fc.array(
        fc.record({ stopMs: fc.constantFrom(1, 10, Infinity), endsAfter: fc.constantFrom(9999, 3, 6, 12) }),
        { minLength: 1, maxLength: 4 },
      ),
      at: fc.integer({ min: 0, max: 40 }),
    }),
    body: async ({ sim, subject, workload: { services, at } }) => {
      const supervision = subject(named(services), 'rest-for-one');
      const started = sim.attempt('start', {}, () => supervision.start());
      await sim.io('shutdown', { latency: at });
      await sim.op('stop', {}, () => supervision.stop());
      await started;
      await sim.sleep(20);
    },
    invariants: [
      dependentsFirst,
      nothingLeftUp,
      sometimes(
        'restarted',
        ({ history: { facts } }) => facts.some(({ kind }) => kind === 'ended') && upOf(facts).size > 1,
      ),
      sometimes('killed', ({ history: { facts } }) => facts.some(({ kind }) => kind === 'killed')),
    ],
  }),
  scenario<Supervise, { services: Omit<ServiceTerms, 'id'>[]; at: number }>({
    name: 'supervise/shutdown-bound',
    ids: ['F13'],
    about:
      'the shutdown comes while a service starts or is restarted, which takes long, or for ever; it waits for that',
    subjects: {
      ours: hold(ours),
      'as-found': fail('shutdownInTime', asFound),
      'as-documented': judge(asDocumented),
    },
    restsOn: {
      'as-found': 'that the supervisor does nothing else while a child starts, as OTP does',
      'as-documented': 'that the supervisor does nothing else while a child starts, as OTP does',
    },
    workload: fc.record({
      services: fc.array(
        fc.record({
          startMs: fc.constantFrom(1, 20, 500, Infinity),
          stopMs: fc.constantFrom(1, 40, Infinity),
          endsAfter: fc.constantFrom(9999, 3, 12),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      at: fc.integer({ min: 0, max: 60 }),
    }),
    body: async ({ sim, subject, workload: { services, at } }) => {
      const supervision = subject(named(services), 'rest-for-one');
      void sim.attempt('start', {}, () => supervision.start());
      await sim.io('shutdown', { latency: at });
      const stopped = sim.op('stop', {}, () => supervision.stop());
      await Promise.race([stopped, sim.sleep(4 * shutdownMs)]);
      // What started for too long comes up, and goes down again.
      await sim.sleep(600);
    },
    invariants: [
      dependentsFirst,
      shutdownInTime(3 * shutdownMs),
      nothingStaysUp,
      sometimes('stoppedWhileStarting', ({ history: { operations } }) => {
        const [start, stop] = ['start', 'stop'].map((each) => operations.find((operation) => operation.name === each));
        return stop !== undefined && start?.outcome.kind === 'pending';
      }),
    ],
  }),
  scenario<Supervise, { services: Omit<ServiceTerms, 'id'>[]; strategy: Strategy }>({
    name: 'supervise/failed-start',
    ids: ['F13'],
    about: 'a service fails to start; those started before it are left running, or stopped in the wrong order',
    subjects: {
      ours: hold(ours),
      'as-found': judge(asFound),
      'as-documented': judge(asDocumented),
      'leaves-behind': fail('nothingLeftUp', leavesBehind),
    },
    workload: fc.record({
      services: fc.array(
        fc.record({
          failsToStart: fc.boolean(),
          startMs: fc.constantFrom(1, 10),
          stopMs: fc.constantFrom(1, 10, Infinity),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      strategy: fc.constantFrom('one-for-one', 'rest-for-one'),
    }),
    body: async ({ sim, subject, workload: { services, strategy } }) => {
      const supervision = subject(named(services), strategy);
      const started = await sim.attempt('start', {}, () => supervision.start());
      await sim.sleep(20);
      if (started.ok) await sim.op('stop', {}, () => supervision.stop());
    },
    invariants: [
      dependentsFirst,
      nothingLeftUp,
      sometimes(
        'failedLater',
        ({ history: { operations, facts } }) =>
          operations.some(({ outcome }) => outcome.kind === 'threw') && facts.some(({ kind }) => kind === 'stopped'),
      ),
    ],
  }),
];
