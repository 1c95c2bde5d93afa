import { afterBody, fail, fc, hold, judge, scenario, sometimes } from 'heddle';
import { asDocumented, asFound, MAX_ATTEMPTS, ours, type QueueUnderTest } from './specimens/adapter.ts';
import { enqueueTogether, plainJobs } from './specimens/enqueue-together.ts';
import { Receiver } from './specimens/receiver.ts';
import { until } from './specimens/until.ts';

export default [
  scenario<QueueUnderTest, { behind: number }>({
    name: 'queue/poison-job',
    ids: ['C2'],
    about: 'one job is thrown out whenever it is submitted: those behind it in the pass never get their turn',
    subjects: { ours: hold(ours), 'as-found': judge(asFound), 'as-documented': judge(asDocumented) },
    restsOn: { 'as-documented': 'that the worker loop outlives an error in a pass and begins another one' },
    runs: 100,
    workload: fc.record({ behind: fc.integer({ min: 1, max: 3 }) }),
    body: async ({ sim, subject, workload }) => {
      const receiver = new Receiver(sim, { refuses: ['1'] });
      const queue = await subject.open({ submit: receiver.submit });
      await enqueueTogether(sim, queue, plainJobs(1 + workload.behind));
      await until(sim, () => receiver.effects.length === workload.behind);
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      afterBody('othersAreDone', ({ history: { facts, operations } }) => {
        const done = facts.filter(({ kind }) => kind === 'effect').length;
        const behind = operations.filter(({ name }) => name === 'enqueue').length - 1;
        return done === behind || `${behind} jobs stand behind the one that is refused, ${done} of them were done`;
      }),
      sometimes('refusedBeforeTheOthersAreDone', ({ history: { facts, operations } }) => {
        const done = facts.filter(({ kind }) => kind === 'effect').length;
        return done < operations.length - 1 && facts.some(({ kind }) => kind === 'refused');
      }),
    ],
  }),
  scenario<QueueUnderTest, null>({
    name: 'queue/bounded-attempts',
    ids: ['C2'],
    about: 'a job is thrown out whenever it is submitted, and is submitted again for ever, or only once',
    subjects: {
      ours: hold(ours),
      'as-found': fail('triedAgainButNotForEver', asFound),
      'as-documented': judge(asDocumented),
    },
    restsOn: {
      'as-found': 'that jobs are submitted in the loop that marks them',
      'as-documented': 'that the worker loop outlives an error in a pass and begins another one',
    },
    // One job and one client: little differs from run to run.
    runs: 50,
    workload: fc.constant(null),
    body: async ({ sim, subject }) => {
      const receiver = new Receiver(sim, { refuses: ['1'] });
      const queue = await subject.open({ submit: receiver.submit });
      await sim.op('enqueue', { id: '1' }, () => queue.enqueue({ id: '1' }));
      await sim.sleep(2000);
      await sim.op('status', { id: '1' }, () => queue.status('1'));
    },
    shutdown: ({ subject }) => subject.close(),
    invariants: [
      afterBody('triedAgainButNotForEver', ({ history: { facts } }) => {
        const attempts = facts.filter(({ kind }) => kind === 'submit').length;
        return (attempts > 1 && attempts <= MAX_ATTEMPTS) || `submitted ${attempts} times`;
      }),
      sometimes('refusedAndGivenUp', ({ history: { facts, operations } }) => {
        const refused = facts.filter(({ kind }) => kind === 'refused').length;
        const givenUp = operations.some(({ outcome }) => outcome.kind === 'returned' && outcome.value === 'failed');
        return refused === MAX_ATTEMPTS && givenUp;
      }),
    ],
  }),
];
