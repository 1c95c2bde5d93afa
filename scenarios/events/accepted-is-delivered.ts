import { afterBody, always, fc, hold, judge, scenario, sometimes, type Observed } from 'heddle';
import * as bus from './specimens/adapter.ts';
import type { Bus } from './specimens/adapter.ts';

/** Signals that were emitted with this outcome. */
const emitted = ({ history }: Observed<Bus>, outcome: string): string[] =>
  history.operations
    .filter((operation) => operation.outcome.kind === 'returned' && operation.outcome.value === outcome)
    .map(({ input }) => (input as { signal: string }).signal);

export default scenario<Bus, { publishers: number[]; closeAt: number }>({
  name: 'events/accepted-is-delivered',
  ids: ['F15'],
  about: 'a signal that was accepted is lost, or one publisher’s signals are delivered in another order',
  subjects: {
    ours: hold(bus.oursElsewhere),
    'as-found': judge(bus.asFoundElsewhere),
    'as-documented': judge(bus.asDocumentedElsewhere),
  },
  // Up to a hundred turns each.
  runs: 500,
  workload: fc.record({
    publishers: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
    closeAt: fc.integer({ min: 20, max: 400 }),
  }),
  body: async ({ sim, subject, workload: { publishers, closeAt } }) => {
    const closed = sim.io('close', { latency: closeAt }).then(() => subject.close());
    await sim.clients(publishers, async (signals, name) => {
      const emit = subject.publisher();
      await sim.client(
        `publisher ${name}`,
        async () => {
          // A publisher does not wait for the outcome of a signal before it emits the next.
          const all = Array.from({ length: signals }, (_, i): bus.Signal => `${name}-${i + 1}`);
          await Promise.all(all.map((signal) => sim.op('emit', { signal }, () => emit(signal))));
        },
        { in: sim.process(`process ${name}`) },
      );
    });
    await closed;
    // What a specimen has not delivered yet: 24 signals of 20 ms.
    await sim.io('everything is delivered', { latency: 500 });
  },
  invariants: [
    always('publishersOrder', ({ subject: { delivered } }) => {
      const last = new Map<string, number>();
      for (const signal of delivered) {
        const [publisher, number] = signal.split('-') as [string, string];
        if (Number(number) <= (last.get(publisher) ?? 0)) return `${signal} after ${publisher}-${last.get(publisher)}`;
        last.set(publisher, Number(number));
      }
      return true;
    }),
    afterBody('acceptedIsDelivered', (run) => {
      const lost = emitted(run, 'accepted').filter((signal) => !run.subject.delivered.includes(signal as bus.Signal));
      return lost.length === 0 || `${lost.join(', ')} were accepted and never delivered`;
    }),
    afterBody('refusedIsNotDelivered', (run) => {
      const refused = [...emitted(run, 'backpressure'), ...emitted(run, 'closed')];
      const ghosts = refused.filter((signal) => run.subject.delivered.includes(signal as bus.Signal));
      return ghosts.length === 0 || `${ghosts.join(', ')} were refused, and delivered`;
    }),
    sometimes('signalsWait', ({ subject: { queued } }) => queued >= bus.LIMIT - 1),
    sometimes('twoPublishersMixed', ({ subject: { delivered } }) =>
      delivered.some((signal, i) => i > 0 && signal.split('-')[0] !== delivered[i - 1]!.split('-')[0]),
    ),
  ],
});
