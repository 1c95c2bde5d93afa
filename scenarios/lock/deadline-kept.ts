import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Locks } from './specimens/locks.ts';

export default scenario<Locks, number[]>({
  name: 'lock/deadline-kept',
  ids: ['B6'],
  restsOn: {
    'as-found': 'that the printed look at the deadline is taken once, by a timer',
    'as-documented': 'that the printed look at the deadline is taken once, by a timer',
  },
  about: 'a timer fires when the clock is not quite there yet, the only look at the deadline says no: waits for ever',
  subjects: {
    ours: hold(ours),
    'as-found': fail('everyOperationSettles', asFound),
    'as-documented': judge(asDocumented),
  },
  workload: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 3 }),
  body: async ({ sim, subject, workload }) => {
    const resource = 'r';
    await sim.op('acquire', { resource }, () => subject.acquire(resource, 'main', 3_600_000));
    await sim.clients(workload, async (ms, name) => {
      await sim.attempt('acquire', { resource, waitMs: ms }, () => subject.acquire(resource, name, ms));
    });
  },
  invariants: [
    sometimes('timedOut', ({ history }) => history.operations.some(({ outcome }) => outcome.kind === 'threw')),
  ],
});
