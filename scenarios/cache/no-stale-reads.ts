import { fail, fc, hold, judge, linearizable, models, scenario, sometimes } from 'heddle';
import { FillsByVersion, FillsLate, OneFetch, TakesLate, type Cache } from './specimens/caches.ts';

type Step = { key: string; write: boolean; arrives: number };

export default scenario<Cache, Step[]>({
  name: 'cache/no-stale-reads',
  about:
    'A value that was asked for before a write comes after it, and is kept: from then on readers see what was there before, ' +
    'although others have seen what came after. No reader is wrong by itself; only their order tells.',
  // Of no source document: it shows what linearizability sees.
  onRequest: true,
  subjects: {
    'one-fetch': hold((sim) => new OneFetch(sim)),
    'takes-late': judge((sim) => new TakesLate(sim)),
    'fills-late': fail('noStaleReads', (sim) => new FillsLate(sim)),
    'fills-by-version': fail('noStaleReads', (sim) => new FillsByVersion(sim)),
  },
  workload: fc.array(
    fc.record({
      key: fc.constantFrom('k', 'k', 'k', 'l'),
      write: fc.boolean(),
      arrives: fc.integer({ min: 0, max: 5 }),
    }),
    { minLength: 4, maxLength: 6 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ key, write, arrives }, _name, index) => {
      await sim.io('arrive', { latency: arrives });
      const value = index + 1;
      if (write) {
        await sim.op('write', { key, value }, () => subject.write(key, value));
      } else {
        await sim.op('read', { key }, () => subject.read(key));
        await sim.op('read', { key }, () => subject.read(key));
      }
    });
  },
  invariants: [
    linearizable('noStaleReads', models.register({ initial: 0 })),
    sometimes('readDuringWrite', ({ history: { operations } }) => {
      const underWay = operations.filter(({ outcome }) => outcome.kind === 'pending').map(({ name }) => name);
      return underWay.includes('read') && underWay.includes('write');
    }),
  ],
});
