import { always, atRest, fail, fc, hold, judge, scenario, sometimes, type Observed, type Sim } from 'heddle';
import { asDocumented, asFound, asTheyCome, ours, type Batches, type Ended, type Work } from './specimens/batches.ts';

const timeoutMs = 20;

interface Item {
  /** How long its work takes; never near the time-out. */
  readonly ms: number;
  readonly fails: boolean;
}

const items = fc.array(
  fc.record({ ms: fc.oneof(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 30, max: 45 })), fails: fc.boolean() }),
  { maxLength: 6 },
);

/** Ends at once when it is told to stop. */
function obedient(sim: Sim): Work<Item> {
  return async ({ ms, fails }, signal) => {
    const told = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    await Promise.race([sim.io('work', { latency: ms }), told]);
    if (fails) throw new Error('failed');
    return ms;
  };
}

/** What a batch without any concurrency would have returned. */
function expected({ ms, fails }: Item): Ended {
  if (ms > timeoutMs) return 'timed-out';
  return fails ? 'failed' : { value: ms };
}

/** Tells when a child's code begins and when it really ends. Does not look at its signal. */
function stubborn(sim: Sim): Work<number> {
  return async (ms) => {
    sim.tell('begins', {});
    await (ms === Infinity ? new Promise(() => undefined) : sim.io('work', { latency: ms }));
    sim.tell('ends', {});
  };
}

const running = ({ history: { facts } }: Observed<Batches>): number =>
  facts.reduce((sum, { kind }) => sum + (kind === 'begins' ? 1 : kind === 'ends' ? -1 : 0), 0);

/** ms by which a shutdown may exceed its bound: timers are late by up to one. */
const LAG = 2;
/** The longest that any of the subjects gives a child: OTP's default. */
const LONGEST_SHUTDOWN_MS = 5_000;

export default [
  scenario<Batches, { items: Item[]; max: number }>({
    name: 'supervise/ordered-results',
    ids: ['F1'],
    about: 'children end in any order, fail, or are too slow; results come in the order of the items all the same',
    subjects: {
      ours: hold(ours),
      'as-found': judge(asFound),
      'as-documented': judge(asDocumented),
      'as-they-come': fail('equalsSequential', asTheyCome),
    },
    workload: fc.record({ items, max: fc.integer({ min: 1, max: 4 }) }),
    body: async ({ sim, subject, workload: { items: list, max } }) => {
      const work = obedient(sim);
      await sim.op('parallelMap', { list }, () => subject.parallelMap(list, work, { max, timeoutMs }));
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      atRest('equalsSequential', ({ history: { operations } }) => {
        const [{ input, outcome }] = operations as [(typeof operations)[number]];
        const want = JSON.stringify((input as { list: Item[] }).list.map(expected));
        const got = outcome.kind === 'returned' ? JSON.stringify(outcome.value) : outcome.kind;
        return got === want || `the results are ${got}, one after the other they would be ${want}`;
      }),
      sometimes('allKinds', ({ history: { operations } }) => {
        const text = JSON.stringify(operations[0]?.outcome ?? null);
        return ['value"', '"timed-out"', '"failed"'].every((word) => text.includes(word));
      }),
    ],
  }),
  scenario<Batches, { ms: number[]; max: number }>({
    name: 'supervise/concurrency-bound',
    ids: ['F1'],
    about: 'a child exceeds its time and goes on, since nothing in Node can kill it; its place is given to the next',
    subjects: {
      ours: hold(ours),
      'as-found': fail('concurrencyBound', asFound),
      'as-documented': judge(asDocumented),
    },
    restsOn: {
      'as-found': 'that a child which is too slow gives its place away: Elixir can kill it, Node cannot',
      'as-documented': 'that a child which is too slow gives its place away: Elixir can kill it, Node cannot',
    },
    workload: fc.record({
      ms: fc.array(fc.constantFrom(5, 10, 40, 200), { minLength: 1, maxLength: 5 }),
      max: fc.integer({ min: 1, max: 3 }),
    }),
    body: async ({ sim, subject, workload: { ms, max } }) => {
      sim.tell('max', max);
      const work = stubborn(sim);
      await sim.op('parallelMap', { max }, () => subject.parallelMap(ms, work, { max, timeoutMs }));
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      always('concurrencyBound', (run) => {
        const max = run.history.facts.find(({ kind }) => kind === 'max')?.data as number | undefined;
        const count = running(run);
        return max === undefined || count <= max || `${count} children are under way, no more than ${max} were to be`;
      }),
      sometimes('outlivesItsTime', (run) => run.now() > timeoutMs + LAG && running(run) > 0),
    ],
  }),
  scenario<Batches, { ms: number[]; at: number }>({
    name: 'supervise/task-shutdown',
    ids: ['F1'],
    about: 'a child ignores that it has to stop, or never ends; the shutdown of its supervisor waits for it for ever',
    subjects: {
      ours: hold(ours),
      'as-found': judge(asFound),
      'as-documented': judge(asDocumented),
      'waits-for-all': fail('closesInTime', asTheyCome),
    },
    workload: fc.record({
      ms: fc.array(fc.constantFrom(5, 40, 200, Infinity), { minLength: 1, maxLength: 4 }),
      at: fc.integer({ min: 0, max: 100 }),
    }),
    body: async ({ sim, subject, workload: { ms, at } }) => {
      const work = stubborn(sim);
      const batch = sim.attempt('parallelMap', {}, () => subject.parallelMap(ms, work, { max: 2, timeoutMs }));
      await sim.io('shutdown', { latency: at });
      await sim.op('close', {}, () => subject.close());
      await batch;
    },
    invariants: [
      always('closesInTime', ({ now, history: { operations } }) => {
        const close = operations.find(({ name }) => name === 'close');
        const took = close === undefined ? 0 : Math.min(close.endedAt, now()) - close.invokedAt;
        return took <= LONGEST_SHUTDOWN_MS + LAG || `the shutdown has taken ${took} ms`;
      }),
      sometimes('closedAtWork', (run) => {
        const close = run.history.operations.find(({ name }) => name === 'close');
        return close !== undefined && running(run) > 0;
      }),
    ],
  }),
];
