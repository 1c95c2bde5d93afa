import { fail, fc, hold, inputOf, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether } from './specimens/enqueue-together.ts';
import { everyJobIsDone } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

/** Ids in the order of their priorities, those of the same as they were. */
const inLine = (jobs: readonly { readonly id: string; readonly priority: number }[]): string[] =>
  jobs.toSorted((a, b) => b.priority - a.priority).map(({ id }) => id);

/** Of jobs that wait together, those of a higher priority are submitted first; of the same, the earlier one. */
function inOrderOfPriority(): Invariant {
  return {
    name: 'inOrderOfPriority',
    watch: () => {
      let expected: readonly string[] = [];
      let submitted = 0;
      return {
        told: ({ kind, data }) => {
          if (kind === 'line') expected = data as readonly string[];
          if (kind !== 'submit') return undefined;
          const { key } = data as { readonly key: string };
          const next = expected[submitted];
          submitted += 1;
          return key === next ? undefined : `job ${key} is submitted when it is the turn of job ${String(next)}`;
        },
      };
    },
  };
}

interface Job {
  readonly priority: number;
  /** What it is changed to afterwards. */
  readonly changed: number | null;
}

export default scenario<QueueUnderTest, Job[]>({
  name: 'queue/priority',
  ids: ['C2'],
  about: 'jobs have priorities, which can be changed, and are submitted in the order in which they were enqueued',
  subjects: { ours: hold(ours), 'as-found': fail('inOrderOfPriority', asFound), 'as-documented': judge(asDocumented) },
  restsOn: { 'as-found': 'that jobs are submitted in the loop that marks them' },
  runs: 200,
  workload: fc.array(
    fc.record({
      priority: fc.integer({ min: 0, max: 2 }),
      changed: fc.option(fc.integer({ min: 0, max: 2 })),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  body: async ({ sim, subject, workload }) => {
    const receiver = new Receiver(sim);
    const queue = await subject.open({ submit: receiver.submit, paused: true });
    const jobs = workload.map(({ priority }, i) => ({ id: String(i + 1), priority }));
    await enqueueTogether(sim, queue, jobs);
    await sim.clients(workload, async ({ changed }, _name, i) => {
      const id = String(i + 1);
      if (changed !== null) await sim.op('setPriority', { id, changed }, () => queue.setPriority(id, changed));
    });
    sim.tell('line', inLine(jobs.map(({ id, priority }, i) => ({ id, priority: workload[i]!.changed ?? priority }))));
    await sim.op('resume', {}, () => queue.resume());
    await until(sim, () => receiver.effects.length === workload.length);
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    inOrderOfPriority(),
    everyJobIsDone(),
    sometimes('aChangeReordered', ({ history: { facts, operations } }) => {
      const enqueued = operations.filter(({ name }) => name === 'enqueue').map(inputOf);
      const before = inLine(enqueued.map(({ id, priority }) => ({ id: String(id), priority: Number(priority) })));
      const submitted = facts.filter(({ kind }) => kind === 'submit').map(({ data }) => (data as { key: string }).key);
      return submitted.length === before.length && submitted.some((key, i) => key !== before[i]);
    }),
  ],
});
