import { fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asFound, ours, type Pool } from './specimens/adapter.ts';
import {
  countedWorkersAreLive,
  ended,
  nothingIsLeft,
  noOrphan,
  noOrphanPipe,
  noKillToNobody,
} from './specimens/invariants.ts';

const failed: Invariant<Pool> = sometimes(
  'failed',
  ({ subject: { children } }) => children.spawns > children.all.length,
);

type Tasks = { work: number; leaves: number }[];

const tasks: fc.Arbitrary<Tasks> = fc.array(
  fc.record({ work: fc.integer({ min: 1, max: 20 }), leaves: fc.constant(0) }),
  { minLength: 1, maxLength: 4 },
);

const body: Parameters<typeof scenario<Pool, Tasks>>[0]['body'] = async ({ sim, subject, workload }) => {
  await sim.clients(workload, async ({ work, leaves }, id) => {
    const script = { steps: [{ stdout: id }], exitAfter: [1, work] as const, pipesHeldFor: leaves };
    await sim.op('run', { id }, () => subject.start({ id, timeout: 500, script }));
  });
  await subject.drained(5_000);
};

const thrown = { faults: ['ENOMEM', 'E2BIG'] } as const;
const told = { faults: ['EAGAIN', 'EACCES', 'EMFILE', 'ENFILE'] } as const;
const registered = { save: 'after the start' } as const;

export default [
  scenario<Pool, Tasks>({
    name: 'pool/spawn-throws',
    ids: ['W7'],
    // Rests on completed lines: the document prints nothing of the spawner.
    about:
      'spawn throws: a zombie is left, as reported; cannot happen in Node, where a spawn that fails leaves no process',
    subjects: { ours: hold(ours(thrown)), 'as-found': judge(asFound(thrown)) },
    workload: tasks,
    body,
    shutdown: ({ subject }) => subject.close(),
    invariants: [nothingIsLeft, countedWorkersAreLive, noKillToNobody, ended('completed'), failed],
  }),
  scenario<Pool, Tasks>({
    name: 'pool/spawn-failure',
    ids: ['W7'],
    restsOn: { 'as-found': 'that nobody listens to a child without a pid' },
    about:
      'a process cannot be started: spawn returns a child without a pid, whose error nobody listens to, and the whole ' +
      'program dies of it',
    subjects: { ours: hold(ours(told)), 'as-found': fail('noUncaughtException', asFound(told)) },
    workload: tasks,
    body,
    shutdown: ({ subject }) => subject.close(),
    invariants: [nothingIsLeft, countedWorkersAreLive, noKillToNobody, ended('completed'), failed],
  }),
  scenario<Pool, null[]>({
    name: 'pool/partial-start',
    ids: ['W7'],
    restsOn: { 'as-found': 'that the pool saves what it has started; to return when that fails is printed' },
    about: 'the process is started, the next step fails, its error is returned, and nobody stops the process',
    subjects: { ours: hold(ours(registered)), 'as-found': fail('noOrphan', asFound(registered)) },
    workload: fc.array(fc.constant(null), { minLength: 1, maxLength: 3 }),
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async (_, id) => {
        await sim.op('run', { id }, () => subject.start({ id, script: { exitAfter: 5_000 } }));
      });
      await subject.drained(200);
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      noOrphan,
      noKillToNobody,
      ended('completed'),
      sometimes('failed', ({ subject }) => subject.failedStarts.size > 0),
    ],
  }),
  scenario<Pool, Tasks>({
    name: 'pool/held-pipes',
    ids: ['W7'],
    restsOn: { 'as-found': 'that nobody closes a pipe' },
    about: 'a process leaves another behind, which holds its pipes: they stay open for as long as that one likes',
    subjects: { ours: hold(ours()), 'as-found': fail('noOrphanPipe', asFound()) },
    workload: fc.array(fc.record({ work: fc.integer({ min: 1, max: 20 }), leaves: fc.constantFrom(0, 3_600_000) }), {
      minLength: 1,
      maxLength: 3,
    }),
    body,
    shutdown: ({ subject }) => subject.close(),
    invariants: [noOrphanPipe(1_500), countedWorkersAreLive, ended('completed')],
  }),
];
