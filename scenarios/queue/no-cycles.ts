import { afterBody, fc, hold, inputOf, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { Receiver } from './specimens/receiver.ts';

type Link = readonly [id: string, dependsOn: string];

export default scenario<QueueUnderTest, Link[]>({
  name: 'queue/no-cycles',
  ids: ['C2'],
  about: 'clients make jobs depend on each other at once, each link fine by itself, all together a cycle',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  runs: 200,
  workload: fc.array(fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('1', '2', '3')), {
    minLength: 1,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    const queue = await subject.open({ submit: new Receiver(sim).submit, paused: true });
    for (const id of ['1', '2', '3']) await queue.enqueue(id);
    await sim.clients(workload, ([id, dependsOn]) =>
      sim.attempt('link', { id, dependsOn }, () => queue.link(id, dependsOn)),
    );
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    afterBody('noCycle', ({ history: { operations } }) => {
      // What a queue keeps of several links of one job is its own affair: the last one counts in any case.
      const links = new Map<unknown, unknown>();
      for (const operation of operations) {
        if (operation.outcome.kind === 'returned') links.set(inputOf(operation)['id'], inputOf(operation)['dependsOn']);
      }
      for (const start of links.keys()) {
        let at = links.get(start);
        for (let steps = 0; at !== undefined && at !== start && steps < links.size; steps += 1) at = links.get(at);
        if (at === start) return `job ${String(start)} depends on itself`;
      }
      return true;
    }),
    sometimes('refused', ({ history: { operations } }) => operations.some(({ outcome }) => outcome.kind === 'threw')),
  ],
});
