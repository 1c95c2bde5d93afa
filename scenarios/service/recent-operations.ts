import { always, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, MINUTE, ours, type Services } from './specimens/adapter.ts';

const MOST = 100;

export default scenario<Services, { at: number; records: number }[]>({
  name: 'service/recent-operations',
  ids: ['F14'],
  // Rests on the two printed lines. As found and as documented are the same: the document says that nothing is to do.
  about: 'the monitor remembers more than the last 100 operations, or not the last ones',
  subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
  // A run records some two hundred operations, and is judged after each turn.
  runs: 300,
  workload: fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 3 * MINUTE }), records: fc.integer({ min: 1, max: 110 }) }),
    { minLength: 1, maxLength: 4 },
  ),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ at, records }, name) => {
      await sim.io('later', { latency: at });
      // All of a burst in one turn, and one more operation on its own.
      for (let i = 1; i < records; i += 1) {
        subject.recordOperation(`${name}-${i}`);
        sim.tell('recorded', `${name}-${i}`);
      }
      await sim.io('and one more');
      subject.recordOperation(`${name}-${records}`);
      sim.tell('recorded', `${name}-${records}`);
    });
  },
  shutdown: ({ subject }) => subject.close(),
  without: ['noLeakedTimers'],
  invariants: [
    always('neverMoreThan100', ({ subject }) => {
      const { length } = subject.recentOperations();
      return length <= MOST || `${length} operations are remembered`;
    }),
    always('theLastOnes', ({ subject, history: { facts } }) => {
      const last = facts.slice(-MOST).map(({ data }) => data);
      const recent = subject.recentOperations().reverse();
      return (last.length === recent.length && last.every((name, i) => name === recent[i])) || `not the last ${MOST}`;
    }),
    sometimes('full', ({ history: { facts } }) => facts.length > MOST),
  ],
});
