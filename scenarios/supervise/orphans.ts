import { fail, fc, hold, judge, scenario, sometimes, type Observed, type Sim } from 'heddle';
import { asDocumented, asFound, ours, type Batches, type Work } from './specimens/batches.ts';
import { noOrphans } from './specimens/invariants.ts';
import { Peer } from './specimens/peer.ts';

const max = 2;
const timeoutMs = 100;

/** A child of so many steps that looks at its signal before each of them. */
function obedient(sim: Sim): Work<number> {
  return async (steps, signal) => {
    for (let left = steps; left > 0 && !signal.aborted; left -= 1) {
      sim.tell('step', { child: steps });
      await sim.io('step', { latency: [1, 5] });
    }
    return steps;
  };
}

const steps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const goneDuringSteps = sometimes('goneDuringSteps', ({ history: { facts } }: Observed<Batches>) => {
  const gone = facts.find(({ kind }) => kind === 'gone');
  return gone !== undefined && facts.some(({ kind, at }) => kind === 'step' && at <= gone.at && at > gone.at - 5);
});

export default [
  scenario<Batches, number[]>({
    name: 'supervise/crashed-caller',
    ids: ['F1'],
    about: 'the caller dies while its batch runs elsewhere; the children are not linked to it and go on',
    subjects: { ours: hold(ours), 'as-found': fail('noOrphans', asFound), 'as-documented': judge(asDocumented) },
    restsOn: {
      'as-found': 'that nothing watches the caller, as the document says and Elixir does not',
      'as-documented': 'that nothing watches the caller: the meaning of the printed "nolink" in Elixir',
    },
    workload: steps,
    body: async ({ sim, subject, workload }) => {
      const near = sim.process('near');
      const far = sim.process('far', { crashes: 1 });
      const owner = new Peer();
      const work = obedient(sim);
      const map = (): Promise<unknown> => subject.parallelMap(workload, work, { max, timeoutMs, caller: { owner } });
      const batches = sim.device('batches', { map }, { in: near, latency: [1, 2] });
      // On a connection the news of its end comes after what was sent before.
      const connection = sim.device(
        'connection',
        {
          lost: () => {
            owner.end('crashed');
            sim.tell('gone', {});
          },
        },
        { in: near, latency: [3, 6] },
      );
      await sim.client('far', () => sim.attempt('parallelMap', {}, () => batches.map()), { in: far });
      if (!far.alive) await connection.lost();
      await sim.sleep(200);
    },
    invariants: [noOrphans, goneDuringSteps],
  }),
  scenario<Batches, { steps: number[]; after: number; how: 'fails' | 'is cancelled' }>({
    name: 'supervise/failed-caller',
    ids: ['F1'],
    about: 'the caller fails, or is cancelled, beside its batch; nobody waits for the results, the children go on',
    subjects: { ours: hold(ours), 'as-found': fail('noOrphans', asFound), 'as-documented': judge(asDocumented) },
    workload: fc.record({
      steps,
      after: fc.integer({ min: 1, max: 15 }),
      how: fc.constantFrom('fails', 'is cancelled'),
    }),
    body: async ({ sim, subject, workload: { steps: items, after, how } }) => {
      const impatience = new AbortController();
      const work = obedient(sim);
      const caller = (): Promise<void> =>
        subject.scope(async (scope) => {
          const signal = how === 'fails' ? scope : impatience.signal;
          const batch = subject.parallelMap(items, work, { max, timeoutMs, caller: { signal } });
          const other = sim.io('something else', { latency: after }).then(() => {
            sim.tell('gone', {});
            impatience.abort();
            if (how === 'fails') throw new Error('the caller failed');
          });
          await Promise.race([Promise.all([batch, other]), other]);
        });
      await sim.client('caller', () => sim.attempt('caller', { how }, caller));
      await sim.sleep(200);
    },
    invariants: [noOrphans, goneDuringSteps],
  }),
  scenario<Batches, { steps: number[]; at: number }[]>({
    name: 'supervise/after-shutdown',
    ids: ['F1'],
    about: 'a batch is asked for when the supervisor has ended; it falls back to children that nobody owns',
    subjects: { ours: hold(ours), 'as-found': fail('noOrphans', asFound), 'as-documented': judge(asDocumented) },
    restsOn: {
      'as-found': 'that nothing owns the children, which the document says in words',
      'as-documented': 'the fallback, which the document describes in words',
    },
    workload: fc.array(fc.record({ steps, at: fc.integer({ min: 0, max: 12 }) }), { minLength: 1, maxLength: 3 }),
    body: async ({ sim, subject, workload }) => {
      const work = obedient(sim);
      const clients = sim.clients(workload, async ({ steps: items, at }) => {
        await sim.io('arrive', { latency: at });
        await sim.attempt('parallelMap', {}, () => subject.parallelMap(items, work, { max, timeoutMs }));
      });
      await sim.io('shutdown', { latency: [5, 10] });
      await sim.op('close', {}, () => subject.close());
      sim.tell('gone', {});
      await clients;
    },
    invariants: [
      noOrphans,
      sometimes('askedAfterClose', ({ history: { operations } }) => {
        const closed = operations.find(({ name }) => name === 'close')?.endedAt ?? Infinity;
        return operations.some(({ name, invokedAt }) => name === 'parallelMap' && invokedAt > closed);
      }),
    ],
  }),
];
