import { fail, fc, hold, judge, scenario, sometimes, type Scenario, type Sim, type Subject } from 'heddle';
import { asDocumented, asFound, ours, type Tasks } from './specimens/adapter.ts';
import { askAll, cacheIsDatabase, stored } from './specimens/invariants.ts';

interface Step {
  readonly arrive: number;
  readonly id: string;
  readonly step: 'delegate' | 'start' | 'complete' | 'cancel' | 'note';
}

const steps = fc.array(
  fc.record<Step>({
    arrive: fc.integer({ min: 0, max: 6 }),
    id: fc.constantFrom('a', 'a', 'b'),
    step: fc.constantFrom('delegate', 'start', 'complete', 'complete', 'cancel', 'note'),
  }),
  { minLength: 1, maxLength: 6 },
);

function failures(
  name: string,
  about: string,
  fault: 'lost request' | 'lost reply',
  found: (make: (sim: Sim) => Tasks) => Subject<Tasks>,
): Scenario<Tasks, Step[]> {
  const faults = [fault];
  return scenario<Tasks, Step[]>({
    name,
    ids: ['W2'],
    about,
    subjects: {
      ours: hold(ours({ faults })),
      'as-found': found(asFound({ faults })),
      'as-documented': judge(asDocumented({ faults })),
    },
    workload: steps,
    body: async ({ sim, subject, workload }) => {
      stored(subject, { id: 'a', status: 'running' });
      await sim.clients(workload, async ({ arrive, id, step }, client) => {
        await sim.io('arrive', { latency: arrive });
        await sim.attempt(step, { id }, () => subject[step](id, client));
      });
      await askAll(sim, subject, ['a', 'b']);
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      cacheIsDatabase(),
      sometimes('refused', ({ history: { operations } }) => {
        return operations.some(({ name, outcome }) => name === 'note' && outcome.kind === 'threw');
      }),
    ],
  });
}

export default [
  failures(
    'task/cache-after-refused-write',
    'a write is refused (no space, an I/O error) and nothing of it is stored: the cache says that it was',
    'lost request',
    (make) => fail('cacheIsDatabase', make),
  ),
  failures(
    'task/cache-after-lost-answer',
    'a write is stored, and its answer is an error: the cache says that it was not',
    'lost reply',
    judge,
  ),
];
