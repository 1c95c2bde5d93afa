import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { QueueHost } from './specimens/host.ts';
import { inDependencyOrder, nothingIsLost, oneEffectEach } from './specimens/invariants.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

/** What job number i needs: the job of that number, modulo i; none if null. */
type Jobs = readonly (number | null)[];

interface Work {
  readonly jobs: Jobs;
  readonly crashes: number;
}

export default scenario<QueueUnderTest, Work>({
  name: 'queue/crashes',
  ids: ['C2'],
  about: 'the process of the queue crashes and starts again: what it had acknowledged must be done, once, in order',
  subjects: { ours: hold(ours), 'as-found': fail('nothingIsLost', asFound), 'as-documented': judge(asDocumented) },
  // Some hundred SQL statements each.
  runs: 200,
  workload: fc.record({
    jobs: fc.array(fc.option(fc.nat(4)), { minLength: 1, maxLength: 5 }),
    crashes: fc.integer({ min: 1, max: 3 }),
  }),
  body: async ({ sim, subject, workload: { jobs, crashes } }) => {
    const receiver = new Receiver(sim);
    const host = new QueueHost(sim, subject, receiver.submit, { crashes, restartAfter: [1, 50] });
    for (const [i, needs] of jobs.entries()) {
      const id = String(i + 1);
      const dependsOn = needs === null || i === 0 ? [] : [String((needs % i) + 1)];
      await host.enqueue(id, dependsOn);
    }
    await until(sim, () => receiver.effects.length === jobs.length, 10_000);
    for (const i of jobs.keys()) await sim.op('end', { id: String(i + 1) }, () => host.end(String(i + 1)));
  },
  invariants: [
    nothingIsLost(),
    oneEffectEach(),
    inDependencyOrder(),
    sometimes('submittedAgain', ({ history: { facts } }) => {
      const keys = facts.filter(({ kind }) => kind === 'submit').map(({ data }) => (data as { key: string }).key);
      return new Set(keys).size < keys.length;
    }),
  ],
});
