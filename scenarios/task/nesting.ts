import { afterBody, fc, hold, judge, scenario, sometimes, type Scenario } from 'heddle';
import { asDocumented, asFound, ours, type Tasks } from './specimens/adapter.ts';
import { stored } from './specimens/invariants.ts';

const id = 't';

type Kind = 'one' | 'two';

function nesting(name: string, about: string, look: boolean): Scenario<Tasks, Kind[]> {
  return scenario<Tasks, Kind[]>({
    name,
    ids: ['W2'],
    about,
    restsOn: { 'as-documented': 'the nested caller' },
    subjects: {
      // Ours awaits no code of its callers while a task is locked: what they begin there has its turn afterwards.
      ours: hold(ours()),
      'as-found': judge(asFound()),
      'as-documented': judge(asDocumented()),
    },
    // Two at most: three in a row overlap without nesting.
    workload: fc.array(fc.constantFrom<Kind>('one', 'two'), { minLength: 1, maxLength: 2 }),
    body: async ({ sim, subject, workload }) => {
      // In memory, so that nothing needs to be read.
      stored(subject, { id, status: 'queued' });
      await subject.note(id, 'zero');
      await sim.clients(workload, async (kind, client) => {
        await sim.io('arrive', { latency: [0, 9] });
        await sim.op('note', { id, kind }, () => {
          return kind === 'one' ? subject.note(id, client) : subject.noteTwo(id, [client, `${client}-two`], look);
        });
      });
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      afterBody('noLostUpdate', ({ subject, history: { operations } }) => {
        const { progress } = subject.rows.find(id)!;
        const wanted = operations.flatMap(({ task, input }) =>
          (input as { kind: Kind }).kind === 'two' ? [task, `${task}-two`] : [task],
        );
        const lost = wanted.filter((word) => !progress.split(' ').includes(word));
        return lost.length === 0 || `${lost.join(', ')} is lost: the task has${progress}`;
      }),
      sometimes('twoAtOnce', ({ history: { operations } }) => {
        return operations.filter(({ outcome }) => outcome.kind === 'pending').length === 2;
      }),
    ],
    runs: 500,
  });
}

export default [
  nesting('task/nesting', 'a modification is made of two others of the same task: the first of them unlocks it', false),
  nesting(
    'task/nesting-after-a-look',
    'a modification looks at the task and makes two others of it: it waits for itself',
    true,
  ),
];
