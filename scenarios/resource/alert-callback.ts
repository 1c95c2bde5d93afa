import { always, fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, MEASURE_EVERY, ours, type Resources } from './specimens/adapter.ts';

/** How a callback takes an alert. */
type Manner = 'takes it' | 'throws' | 'rejects' | 'takes long' | 'hangs';

interface Workload {
  callbacks: Manner[];
  /** Sizes that the table takes on; it is monitored anew at each. */
  sizes: number[];
}

/** What the manager may take for a call, beside the call's own work: none of it waits for anything. */
const ANSWERS_WITHIN = MEASURE_EVERY;

/** A callback that takes its alerts at once hears of each change of the state, in order. */
const alertsArrive: Invariant<Resources> = {
  name: 'alertsArrive',
  watch: ({ subject, history }) => {
    let state = subject.state;
    const changes: string[] = [];
    return {
      afterTurn: () => {
        if (subject.state === state) return undefined;
        state = subject.state;
        changes.push(state);
        return undefined;
      },
      afterBody: () => {
        const callbacks = history.facts.filter(({ kind }) => kind === 'registered').map(({ data }) => data);
        for (const callback of callbacks) {
          const told = history.facts
            .filter(({ kind }) => kind === `alert ${callback as string}`)
            .map(({ data }) => data as string);
          if (told.join() !== changes.join()) {
            return `the state became ${changes.join(', ')}; ${callback as string} heard ${told.join(', ') || 'nothing'}`;
          }
        }
        return undefined;
      },
    };
  },
};

const restsOn = {
  'as-found': 'that the task helper returns an error, at which nobody looks; that it fails is printed',
  'as-documented': 'that a callback which is executed directly is waited for, as it is in Elixir',
};

const scenarioOf = (
  name: string,
  about: string,
  supervised: boolean,
): ReturnType<typeof scenario<Resources, Workload>> =>
  scenario<Resources, Workload>({
    name,
    ids: ['F17'],
    about,
    subjects: {
      ours: hold(ours),
      'as-found': supervised ? judge(asFound(true)) : fail('alertsArrive', asFound(false)),
      'as-documented': judge(asDocumented(supervised)),
    },
    ...(supervised ? {} : { restsOn }),
    workload: fc.record({
      callbacks: fc.array(fc.constantFrom<Manner>('takes it', 'throws', 'rejects', 'takes long', 'hangs'), {
        minLength: 1,
        maxLength: 3,
      }),
      sizes: fc.array(fc.constantFrom(0, 8, 10), { minLength: 1, maxLength: 4 }),
    }),
    body: async ({ sim, subject, workload: { callbacks, sizes } }) => {
      const manners: Record<Manner, () => unknown> = {
        'takes it': () => undefined,
        throws: () => {
          throw new Error('callback is broken');
        },
        rejects: () => Promise.reject(new Error('callback is broken')),
        'takes long': () => sim.io('callback', { latency: 3 * MEASURE_EVERY }),
        hangs: () => {
          sim.tell('hangs', {});
          return new Promise(() => undefined);
        },
      };
      callbacks.forEach((manner, i) => {
        const callback = `callback ${i + 1}`;
        if (manner === 'takes it') sim.tell('registered', callback);
        subject.registerAlertCallback((state) => {
          sim.tell(`alert ${callback}`, state);
          return manners[manner]();
        });
      });
      const table = { size: 0 };
      for (const size of sizes) {
        table.size = size;
        // Nobody waits for it: what a call takes is what `managerAnswers` is about.
        void sim.op('monitor', { size }, () => subject.monitorTable('table', table));
        await sim.io('later', { latency: [MEASURE_EVERY / 2, 3 * MEASURE_EVERY] });
      }
      await sim.io('later', { latency: 5 * MEASURE_EVERY });
    },
    shutdown: ({ subject }) => subject.close(),
    // A supervised task that still works is no late work of the manager's.
    without: ['noLateWork'],
    invariants: [
      always('managerAnswers', ({ history, now }) => {
        const slow = history.operations.find(
          ({ invokedAt, endedAt, outcome }) =>
            (outcome.kind === 'pending' ? now() : endedAt) - invokedAt > ANSWERS_WITHIN,
        );
        return slow === undefined || `monitorTable is under way for more than ${ANSWERS_WITHIN} ms`;
      }),
      alertsArrive,
      sometimes('hanging', ({ history }) => history.facts.some(({ kind }) => kind === 'hangs')),
    ],
  });

export default [
  // On one event loop nobody can help a callback that computes too long; ours neither. That is not judged here: a turn
  // takes no virtual time.
  scenarioOf(
    'resource/alert-callback',
    'an alert callback throws or hangs where there is no task supervisor, and the manager or other callbacks suffer',
    false,
  ),
  scenarioOf(
    'resource/alert-callback-supervised',
    'an alert callback throws or hangs in a task of its own, and the manager or other callbacks suffer',
    true,
  ),
];
