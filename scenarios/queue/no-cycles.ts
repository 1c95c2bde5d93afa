import { afterBody, fc, hold, inputOf, judge, scenario, sometimes, type Operation } from 'heddle';
import { asDocumented, asFound, ours, type NewJob, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether } from './specimens/enqueue-together.ts';
import { Receiver } from './specimens/receiver.ts';

type Link = readonly [id: string, dependsOn: string];

/** Job 4 depends on two others from the start, so that there is more than one way back. */
const JOBS: readonly NewJob[] = [{ id: '1' }, { id: '2' }, { id: '3' }, { id: '4', dependsOn: ['1', '2'] }];
const FROM_THE_START: readonly Link[] = JOBS.flatMap(({ id, dependsOn = [] }) =>
  dependsOn.map((on) => [id, on] as const),
);

const linkOf = (operation: Operation): Link => [
  String(inputOf(operation)['id']),
  String(inputOf(operation)['dependsOn']),
];

const acknowledged = (operations: readonly Operation[]): Link[] =>
  operations.filter(({ name, outcome }) => name === 'link' && outcome.kind === 'returned').map(linkOf);

/** Whether job `from` depends on job `to`, perhaps through others. */
function depends(links: readonly Link[], from: string, to: string): boolean {
  const reached = new Set([from]);
  for (const id of reached) for (const [job, dependsOn] of links) if (job === id) reached.add(dependsOn);
  return [...reached].some((id) => links.some(([job, dependsOn]) => job === id && dependsOn === to));
}

export default scenario<QueueUnderTest, Link[]>({
  name: 'queue/no-cycles',
  ids: ['C2'],
  about: 'clients make jobs depend on each other at once, each link fine by itself, all together a cycle',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  runs: 200,
  // One link of each job at most: what a queue keeps of several is its own affair.
  workload: fc.uniqueArray(fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('1', '2', '3', '4')), {
    minLength: 1,
    maxLength: 3,
    selector: ([id]) => id,
  }),
  body: async ({ sim, subject, workload }) => {
    const queue = await subject.open({ submit: new Receiver(sim).submit, paused: true });
    await enqueueTogether(sim, queue, JOBS);
    await sim.clients(workload, ([id, dependsOn]) =>
      sim.attempt('link', { id, dependsOn }, () => queue.link(id, dependsOn)),
    );
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    afterBody('noCycle', ({ history: { operations } }) => {
      const links = [...FROM_THE_START, ...acknowledged(operations)];
      const round = JOBS.find(({ id }) => depends(links, id, id));
      return round === undefined || `job ${round.id} depends on itself`;
    }),
    sometimes('refusedForTheOthersSake', ({ history: { operations } }) => {
      const links = acknowledged(operations);
      return operations.some((operation) => {
        const [id, dependsOn] = linkOf(operation);
        // Without those that were there from the start: both ends of the cycle were linked at once.
        return operation.outcome.kind === 'threw' && id !== dependsOn && depends(links, dependsOn, id);
      });
    }),
    sometimes('refusedForAJobBetween', ({ history: { operations } }) => {
      const links = [...FROM_THE_START, ...acknowledged(operations)];
      return operations.some((operation) => {
        const [id, dependsOn] = linkOf(operation);
        const direct = links.some(([job, on]) => job === dependsOn && on === id);
        return operation.outcome.kind === 'threw' && id !== dependsOn && !direct && depends(links, dependsOn, id);
      });
    }),
  ],
});
