import { fail, fc, hold, scenario, sometimes } from 'heddle';
import { asFound, ours, type Pool } from './specimens/adapter.ts';
import { ended, noTaskOutlivesItsBound } from './specimens/invariants.ts';

const MAX = 1_000;
const options = { defaultTimeoutMs: MAX, maxTimeoutMs: MAX };

function bounds(
  name: string,
  about: string,
  restsOn: Readonly<Record<string, string>>,
  timeout: fc.Arbitrary<number | undefined>,
  deaf: boolean,
) {
  return scenario<Pool, { timeout: number | undefined; work: number | null }[]>({
    name,
    ids: ['W6'],
    about,
    restsOn,
    subjects: { ours: hold(ours(options)), 'as-found': fail('noTaskOutlivesItsBound', asFound()) },
    workload: fc.array(fc.record({ timeout, work: fc.option(fc.integer({ min: 1, max: 1_500 }), { freq: 2 }) }), {
      minLength: 1,
      maxLength: 3,
    }),
    body: async ({ sim, subject, workload }) => {
      await sim.clients(workload, async ({ timeout: ms, work }, id) => {
        const life = work === null ? { exitCode: null } : { exitAfter: work };
        const script = deaf ? { ...life, ignores: ['SIGTERM'] as const } : life;
        const task = ms === undefined ? { id, script } : { id, script, timeout: ms };
        await sim.op('run', { id, timeout: ms }, () => subject.start(task));
      });
      await subject.drained(6 * MAX);
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      noTaskOutlivesItsBound(MAX),
      ended('completed'),
      sometimes('stopped', ({ subject: { children } }) => children.signals.length > 0),
    ],
    // A runaway process is found in the first runs.
    runs: 300,
  });
}

export default [
  bounds(
    'pool/default-timeout',
    'a task without a time-out of its own runs for ever',
    { 'as-found': 'that only a time-out of its own is enforced, as the document describes' },
    fc.option(fc.integer({ min: 1, max: MAX }), { nil: undefined, freq: 2 }),
    false,
  ),
  bounds(
    'pool/maximum-timeout',
    'a task asks for a longer time than any may have',
    { 'as-found': 'that the time-out of a task is taken as it is' },
    fc.integer({ min: 1, max: 5 * MAX }),
    false,
  ),
  bounds(
    'pool/ignored-signal',
    'a process takes no notice of SIGTERM',
    { 'as-found': 'which signal is sent' },
    fc.integer({ min: 1, max: MAX }),
    true,
  ),
];
