import { fail, fc, hold, judge, scenario, sometimes, type Invariant } from 'heddle';
import { asDocumented, asFound, ours, type Manager } from './specimens/managers.ts';

const WORKERS = 1;
/** What is quick takes 40 ms at most: there and back, for the connection and for the request. */
const BOUND_MS = 100;

type Call = { arrives: number; what: '/hangs' | '/quick' | 'stats' };

const calls = fc.array(
  fc.record({
    arrives: fc.integer({ min: 1, max: 200 }),
    what: fc.constantFrom<Call['what']>('/hangs', '/quick', 'stats'),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Every such call ends within the bound, well or with a refusal. */
const endsSoon = (invariant: string, operation: string): Invariant<Manager> => ({
  name: invariant,
  watch: ({ history: { operations }, now }) => ({
    afterTurn: () => {
      const late = operations.find(
        ({ name, invokedAt, endedAt }) => name === operation && Math.min(endedAt, now()) - invokedAt > BOUND_MS,
      );
      return late && `${late.task} asked for ${operation} at ${late.invokedAt} ms, and waits at ${now()} ms`;
    },
  }),
});

const exhausted = sometimes<Manager>('allWorkersBusy', ({ subject: { supervisor }, history: { operations } }) => {
  const hanging = operations.filter(({ name, outcome }) => name === '/hangs' && outcome.kind === 'pending');
  return supervisor.children === WORKERS && hanging.length > WORKERS;
});

const subjects = { ours: ours(WORKERS), found: asFound(WORKERS), documented: asDocumented(WORKERS) };

export default [
  scenario<Manager, Call[]>({
    name: 'connection/manager-answers',
    ids: ['F5'],
    about:
      'All workers are busy with requests that hang. The documented fallback runs the next one in the manager itself, ' +
      'which answers nobody until it ends. As found the manager stays free: it forgets the request instead.',
    restsOn: { 'as-documented': 'the synchronous execution, which is described in words' },
    subjects: {
      ours: hold(subjects.ours),
      'as-found': judge(subjects.found),
      'as-documented': judge(subjects.documented),
    },
    workload: calls,
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ arrives, what }) => {
        await sim.sleep(arrives);
        if (what === 'stats') await sim.attempt('stats', {}, () => subject.stats());
        else await sim.attempt(what, {}, () => subject.request(what, 1_000));
      });
    },
    shutdown: ({ subject }) => {
      subject.close();
    },
    // The specimens have nothing that could close them.
    without: ['noLeakedTimers', 'noLateWork'],
    invariants: [endsSoon('managerAnswers', 'stats'), exhausted],
  }),
  scenario<Manager, Call[]>({
    name: 'connection/no-worker-to-be-had',
    ids: ['F5'],
    about:
      'All workers are busy with requests that hang, and somebody asks for something quick. As found nobody looks at ' +
      'what start_child says: the request is forgotten, and its caller waits for a minute.',
    restsOn: {
      'as-found': 'that the error of start_child is not looked at',
      'as-documented': 'the synchronous execution, which is described in words',
    },
    subjects: {
      ours: hold(subjects.ours),
      'as-found': fail('answeredOrRefused', subjects.found),
      'as-documented': judge(subjects.documented),
    },
    workload: calls,
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ arrives, what }) => {
        await sim.sleep(arrives);
        if (what !== 'stats') await sim.attempt(what, {}, () => subject.request(what, 1_000));
      });
    },
    invariants: [endsSoon('answeredOrRefused', '/quick'), exhausted],
  }),
  scenario<Manager, Call[]>({
    name: 'connection/supervisor-down',
    ids: ['F5'],
    about:
      'The supervisor of the workers is down for a while. The documented fallback looks at what start_child returns; ' +
      'where there is no supervisor the call does not return, it exits.',
    restsOn: {
      'as-found': 'that start_child of a supervisor that is gone exits instead of returning an error',
      'as-documented': 'that start_child of a supervisor that is gone exits instead of returning an error',
    },
    subjects: {
      ours: hold(subjects.ours),
      'as-found': fail('fallsBack', subjects.found),
      'as-documented': judge(subjects.documented),
    },
    workload: fc.array(fc.record({ arrives: fc.integer({ min: 1, max: 200 }), what: fc.constant('/quick') }), {
      minLength: 1,
      maxLength: 4,
    }),
    runs: 300,
    body: async ({ sim, subject, workload }) => {
      const down = sim.client('supervisor', async () => {
        await sim.sleep(50);
        subject.supervisor.running = false;
        await sim.sleep(100);
        subject.supervisor.running = true;
      });
      await sim.clients(workload, async ({ arrives, what }) => {
        await sim.sleep(arrives);
        await sim.attempt(what, {}, () => subject.request(what));
      });
      await down;
    },
    invariants: [
      {
        name: 'fallsBack',
        watch: () => ({
          ended: ({ task, outcome }) =>
            outcome.kind === 'threw' ? `${task} got no answer from a host that is well` : undefined,
        }),
      },
      sometimes('askedWhileDown', ({ subject: { supervisor }, history: { operations } }) => {
        return !supervisor.running && operations.some(({ outcome }) => outcome.kind === 'pending');
      }),
    ],
  }),
];
