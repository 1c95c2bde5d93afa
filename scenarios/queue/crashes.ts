import { fail, fc, hold, judge, scenario, sometimes, type Body } from 'heddle';
import { asDocumented, asFound, ours, oursFromScratch, type QueueUnderTest } from './specimens/adapter.ts';
import { QueueHost } from './specimens/host.ts';
import { inDependencyOrder, nothingIsLost, oneEffectEach } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

interface Work {
  /** What job number i depends on: jobs of these numbers, modulo i. */
  readonly jobs: readonly (readonly number[])[];
  readonly crashes: number;
}

async function run({ sim, subject, workload: { jobs, crashes } }: Body<QueueUnderTest, Work>): Promise<void> {
  const receiver = new Receiver(sim);
  const host = new QueueHost(sim, subject, receiver.submit, { crashes, restartAfter: [1, 50] });
  for (const [i, needs] of jobs.entries()) {
    const dependsOn = i === 0 ? [] : needs.map((each) => String((each % i) + 1));
    await host.enqueue(String(i + 1), dependsOn);
  }
  await until(sim, () => receiver.effects.length === jobs.length, 4000);
  for (const i of jobs.keys()) await sim.op('end', { id: String(i + 1) }, () => host.end(String(i + 1)));
}

const crashes = fc.integer({ min: 1, max: 3 });

const submittedAgain = sometimes<QueueUnderTest>('submittedAgain', ({ history: { facts } }) => {
  const keys = facts.filter(({ kind }) => kind === 'submit').map(({ data }) => (data as { key: string }).key);
  return new Set(keys).size < keys.length;
});

// Some hundred SQL statements a run.
const runs = 150;

export default [
  scenario<QueueUnderTest, Work>({
    name: 'queue/crashes',
    ids: ['C2'],
    about: 'the process of the queue crashes and starts again: what it had acknowledged must be done, and once',
    subjects: { ours: hold(ours), 'as-found': fail('nothingIsLost', asFound), 'as-documented': judge(asDocumented) },
    runs,
    workload: fc.record({ jobs: fc.array(fc.constant([]), { minLength: 1, maxLength: 5 }), crashes }),
    body: run,
    invariants: [nothingIsLost(), oneEffectEach(), submittedAgain],
  }),
  scenario<QueueUnderTest, Work>({
    name: 'queue/crashes-in-order',
    ids: ['C2'],
    about:
      'the process of the queue crashes and starts again: its jobs must be done in the order of their dependencies',
    subjects: { ours: hold(oursFromScratch), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
    runs,
    workload: fc.record({
      jobs: fc.array(fc.array(fc.nat(4), { maxLength: 2 }), { minLength: 1, maxLength: 5 }),
      crashes,
    }),
    body: run,
    invariants: [nothingIsLost(), oneEffectEach(), inDependencyOrder(), submittedAgain],
  }),
] as const;
