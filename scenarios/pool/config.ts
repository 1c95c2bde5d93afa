import { afterBody, fail, fc, hold, scenario, sometimes } from 'heddle';
import { asFound, ours, type Capture } from './specimens/captures.ts';

interface Changes {
  readonly chunks: number;
  readonly before: number;
  readonly after: number;
}

interface Result extends Changes {
  readonly kept: number;
}

export default scenario<Capture, Changes>({
  name: 'pool/config-at-start',
  ids: ['W5'],
  restsOn: { 'as-found': 'that the limit is read at each chunk, as the document describes' },
  about: 'the configuration of a task changes while it runs, and with it the limit of its output',
  subjects: { ours: hold(ours), 'as-found': fail('limitsAtStart', asFound) },
  workload: fc.record({
    chunks: fc.integer({ min: 1, max: 6 }),
    before: fc.integer({ min: 1, max: 50 }),
    after: fc.integer({ min: 1, max: 50 }),
  }),
  body: async ({ sim, subject, workload: { chunks, before, after } }) => {
    const task = { maxOutputBuffer: before };
    const steps = Array.from({ length: chunks }, () => ({ after: [0, 10] as const, stdout: '0123456789' }));
    await Promise.all([
      sim.op('run', { before }, async () => {
        const text = await subject.run(task, steps);
        return { chunks, before, after, kept: text?.length };
      }),
      sim.client('owner', async () => {
        await sim.io('thinks', { latency: [0, 40] });
        await sim.op('change', { after }, () => {
          task.maxOutputBuffer = after;
        });
      }),
    ]);
  },
  shutdown: () => undefined,
  invariants: [
    afterBody('limitsAtStart', ({ history }) => {
      const run = history.operations.find(({ name }) => name === 'run')!;
      const { chunks, before, kept } = (run.outcome as unknown as { value: Result }).value;
      const due = Math.min(10 * chunks, before);
      return kept === due || `${kept} bytes were kept, and ${due} should be: the limit at the start was ${before}`;
    }),
    sometimes('changedMeanwhile', ({ history }) =>
      history.operations.some(
        ({ name, endedTurn }) =>
          name === 'change' &&
          endedTurn < Infinity &&
          history.operations.some((run) => run.name === 'run' && run.outcome.kind === 'pending'),
      ),
    ),
  ],
});
