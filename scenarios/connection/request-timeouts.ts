import { eventually, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Manager } from './specimens/managers.ts';

const WORKERS = 4;
/** A timer may be a millisecond late. */
const SLACK_MS = 1;

type Call = { arrives: number; path: '/hangs' | '/quick'; timeoutMs: number };

const calls = fc.array(
  fc.record({
    arrives: fc.integer({ min: 1, max: 100 }),
    path: fc.constantFrom<Call['path']>('/hangs', '/quick'),
    timeoutMs: fc.constantFrom(100, 200, 500),
  }),
  { minLength: 1, maxLength: WORKERS },
);

const someHangs = sometimes<Manager>('someHangs', ({ subject: { supervisor } }) => supervisor.children > 1);

const subjects = { ours: ours(WORKERS), found: asFound(WORKERS), documented: asDocumented(WORKERS) };

export default [
  scenario<Manager, Call[]>({
    name: 'connection/request-timeout',
    ids: ['F11'],
    about: 'A caller says how long it can wait for an answer. As found every request may take a minute.',
    subjects: {
      ours: hold(subjects.ours),
      'as-found': fail('timeoutIsKept', subjects.found),
      'as-documented': judge(subjects.documented),
    },
    workload: calls,
    runs: 500,
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ arrives, path, timeoutMs }) => {
        await sim.sleep(arrives);
        await sim.attempt('request', { path, timeoutMs }, () => subject.request(path, timeoutMs));
      });
    },
    invariants: [
      {
        name: 'timeoutIsKept',
        watch: () => ({
          ended: ({ task, input, invokedAt, endedAt }) => {
            const { timeoutMs } = input as Call;
            const took = endedAt - invokedAt;
            return took > timeoutMs + SLACK_MS ? `${task} allowed ${timeoutMs} ms and waited ${took} ms` : undefined;
          },
        }),
      },
      someHangs,
    ],
  }),
  scenario<Manager, Call[]>({
    name: 'connection/worker-comes-back',
    ids: ['F11'],
    about:
      'A request ran out of time, and its caller has gone. Its worker must not go on waiting for the answer. As ' +
      'documented only the caller has a time-out: the rest rests on a completed line, the bound of the HTTP client.',
    restsOn: { 'as-found': 'the time-out of the HTTP client', 'as-documented': 'the time-out of the HTTP client' },
    subjects: {
      ours: hold(subjects.ours),
      'as-found': fail('workersComeBack', subjects.found),
      'as-documented': judge(subjects.documented),
    },
    workload: calls,
    runs: 500,
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ arrives, path, timeoutMs }) => {
        await sim.sleep(arrives);
        // Whoever has waited for its time goes, whether the manager lets it or not.
        const request = sim.attempt('request', { path, timeoutMs }, () => subject.request(path, timeoutMs));
        await Promise.race([request, sim.sleep(timeoutMs + 2 * SLACK_MS)]);
      });
    },
    invariants: [
      eventually('workersComeBack', 1_000, ({ subject: { supervisor } }) => supervisor.children === 0),
      someHangs,
    ],
  }),
];
