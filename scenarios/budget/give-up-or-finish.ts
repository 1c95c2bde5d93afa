import { fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, ours, type Budget } from './specimens/adapter.ts';
import { accountsAgree } from './specimens/invariants.ts';

const limit = 10;

export default scenario<Budget, { amount: number; patience: number }[]>({
  name: 'budget/give-up-or-finish',
  ids: ['B2', 'B3'],
  about:
    'A client gives up and releases while its work finishes and reports. Whichever comes first is the end; the other ' +
    'must change nothing. As found there is no release, so what was given up stays reserved.',
  subjects: {
    ours: hold(() => ours({ limit })),
    'as-found': fail('accountsAgree', () => asFound({ limit })),
    'as-documented': judge(() => asDocumented({ limit })),
  },
  workload: fc.array(fc.record({ amount: fc.integer({ min: 1, max: 5 }), patience: fc.integer({ min: 5, max: 50 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  body: async ({ sim, subject, workload }) => {
    await sim.clients(workload, async ({ amount, patience }, id) => {
      const answer = await sim.op('reserve', { id, amount }, () => subject.reserve(id, amount));
      if (!answer.approved) return;
      const finish = async (): Promise<void> => {
        await sim.io('work', { latency: [5, 50] });
        await sim.attempt('spend', { id, amount }, () => subject.spend(id, amount, answer));
      };
      const giveUp = async (): Promise<void> => {
        await sim.sleep(patience);
        await sim.attempt('release', { id }, () => subject.release(id, answer));
      };
      await Promise.all([finish(), giveUp()]);
    });
  },
  shutdown: ({ subject }) => {
    subject.close();
  },
  invariants: [
    accountsAgree(),
    sometimes('finishedLate', ({ history: { operations } }) =>
      operations.some(({ name, outcome }) => name === 'spend' && outcome.kind === 'threw'),
    ),
    sometimes('gaveUpLate', ({ history: { operations } }) =>
      operations.some(
        ({ name, task, outcome }) =>
          name === 'spend' &&
          outcome.kind === 'returned' &&
          operations.some((other) => other.name === 'release' && other.task === task),
      ),
    ),
  ],
});
