import { always, fail, fc, hold, judge, scenario, sometimes, type Observed } from 'heddle';
import type { Backpressure } from 'heddle/systems';
import {
  asDocumented,
  asFound,
  MEASURE_EVERY,
  ours,
  stateOf,
  type Resources,
  type Table,
} from './specimens/adapter.ts';

interface Step {
  at: number;
  does: 'monitor' | 'resize';
  table: 'a' | 'b';
  size: number;
}

/** Timers ring up to a millisecond late. */
const LAG = 2;

const SEVERITY: Readonly<Record<Backpressure, number>> = { normal: 0, moderate: 1, severe: 2 };

/** What the state should be, and since when. */
const latest = ({ history }: Observed<Resources>): { expected: string; at: number } => {
  const fact = history.facts.at(-1);
  return fact === undefined ? { expected: 'normal', at: 0 } : { expected: fact.data as string, at: fact.at };
};

export default scenario<Resources, Step[]>({
  name: 'resource/state-follows-usage',
  ids: ['F17'],
  // As found rests on printed words: monitor_table measured and did not update the state. That the fix holds rests on
  // completed lines: the thresholds.
  about: 'a table over its limit is monitored, and the back-pressure state stays what it was',
  subjects: {
    ours: hold(ours),
    'as-found': fail('monitorUpdatesState', asFound(true)),
    'as-documented': judge(asDocumented(true)),
  },
  workload: fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 4 * MEASURE_EVERY }),
      does: fc.constantFrom('monitor', 'resize'),
      table: fc.constantFrom('a', 'b'),
      size: fc.constantFrom(0, 7, 8, 9, 10, 12),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  body: async ({ sim, subject, workload }) => {
    const tables = { a: { size: 0 }, b: { size: 0 } };
    const monitored = new Set<Table>();
    await sim.clients(workload, async ({ at, does, table, size }) => {
      await sim.io('later', { latency: at });
      tables[table].size = size;
      if (does === 'resize') {
        sim.tell('usage', stateOf(monitored));
        return;
      }
      monitored.add(tables[table]);
      sim.tell('usage', stateOf(monitored));
      await sim.op('monitor', { table, size }, async () => {
        await subject.monitorTable(table, tables[table]);
        return { state: subject.state, own: stateOf([tables[table]]) };
      });
    });
    await sim.io('one more measurement', { latency: 2 * MEASURE_EVERY });
  },
  shutdown: ({ subject }) => subject.close(),
  invariants: [
    always('monitorUpdatesState', ({ history }) => {
      for (const { outcome } of history.operations) {
        if (outcome.kind !== 'returned') continue;
        const { state, own } = outcome.value as { state: Backpressure; own: Backpressure };
        // Of other tables the manager may know no more than it measured last.
        if (SEVERITY[state] < SEVERITY[own]) return `${state} after monitorTable; this table alone makes it ${own}`;
      }
      return true;
    }),
    always('stateFollowsUsage', (run) => {
      const { expected, at } = latest(run);
      const { state } = run.subject;
      const late = run.now() - at > MEASURE_EVERY + LAG;
      return !late || state === expected || `${state} at ${run.now()} ms; the usage is ${expected} since ${at} ms`;
    }),
    sometimes('severe', ({ subject }) => subject.state === 'severe'),
    sometimes('backToNormal', (run) => latest(run).expected === 'normal' && run.subject.state === 'severe'),
  ],
});
